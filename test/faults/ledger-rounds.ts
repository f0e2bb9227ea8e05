import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import { Random } from '../fuzz/random.ts';
import { LedgerCheck } from '../kit/ledger-check.ts';
import { type LedgerKeys, ledgerKeys } from '../kit/ledger-keys.ts';
import { type LedgerStore, startLedgerStore } from '../kit/ledger-store.ts';
import { familyOf } from '../kit/proc.ts';
import { logged, type Running } from '../kit/process.ts';
import { type SmallFederation, startSmallFederation } from '../kit/small-federation.ts';
import { Load } from './ledger-load.ts';
import { type People, people, SCOPES } from './ledger-people.ts';
import { brokenPromises, type Seen } from './ledger-promises.ts';

/** What is done to it while it works. */
export const strikes = [
  'kill the gateway',
  'kill one process of several',
  'kill all processes of several',
  'kill the store',
  'kill a process of the store',
  'stop the store at once',
  'stop the store for longer than answers wait',
  'freeze the store for longer than answers wait',
] as const;
export type Strike = (typeof strikes)[number];

export interface Plan {
  readonly seed: string;
  readonly rounds: number;
  /** Default: all of them, in turns of chance. */
  readonly among?: readonly Strike[];
}

export interface Round {
  readonly number: number;
  readonly strike: Strike;
  /** What is not as it was promised. Nothing should be. */
  readonly broken: readonly string[];
  readonly seen: Seen;
}

const ORIGIN = 'faults.example/ledger';
const CLIENTS = 6;
/** Milliseconds that an answer waits for its record; the configuration says the same. */
const PATIENCE = 600;
const RECOVERS_WITHIN = 120_000;
/** An OUTCOME that was not taken while the store was away is tried again each second. */
const WRITTEN_WITHIN = 10_000;
/** A question that was under way when its gateway was killed had begun so long before at most. */
const MAY_TAKE = 5_000;
const SERVES_AGAIN = '"msg":"a process serves again"';

/**
 * Rounds of load from several clients on several gateways that write one ledger, each with one blow at a moment of chance.
 * Everything follows from the seed, but for the machine's own timing.
 */
export async function* rounds(plan: Plan): AsyncGenerator<Round> {
  const random = new Random(plan.seed);
  const arena = await Arena.open(plan.seed);
  try {
    let order: Strike[] = [];
    const { among = strikes } = plan;
    for (let number = 1; number <= plan.rounds; number += 1) {
      if (order.length === 0) order = random.some(among, among.length);
      const strike = order.pop() ?? strikes[0];
      await wait(random.int(100, 900));
      await arena.strike(strike, random);
      await arena.recovered();
      yield { number, strike, ...(await arena.look()) };
    }
  } finally {
    await arena.close();
  }
}

interface ArenaParts {
  readonly folder: string;
  readonly store: LedgerStore;
  readonly keys: LedgerKeys;
  readonly people: People;
  readonly federation: SmallFederation;
}

/** A gateway, or one of its processes, was killed, and served again. */
interface Death {
  readonly gateway: string;
  readonly from: number;
  until: number;
}

/** Two gateways, one of them of two processes; a department that knows what it has done; a store made to be killed. */
class Arena {
  readonly #parts: ArenaParts;
  readonly #check: LedgerCheck;
  readonly #running = new Map<string, Running>();
  readonly #urls = new Map<string, string>();
  readonly #deaths: Death[] = [];
  #load: Load | undefined;

  private constructor(parts: ArenaParts) {
    this.#parts = parts;
    const { owner, reader } = parts.store;
    this.#check = new LedgerCheck({ owner, reader, origin: ORIGIN, gateway: () => this.#urls.get('single') ?? '' });
  }

  static async open(seed: string): Promise<Arena> {
    const folder = await mkdtemp(join(tmpdir(), 'lienthong-ledger-'));
    const store = await startLedgerStore(join(folder, 'postgres'));
    const keys = ledgerKeys();
    const known = people(keys);
    const federation = await startSmallFederation({
      departments: { people: known.department },
      config: 'processes: "${GATEWAY_PROCESSES}"\nsigning: { keyFile: ./signing-key.pem }',
      audit: {
        database: store.writer,
        settings: `timeout: ${PATIENCE}ms, origin: ${ORIGIN}, heads: { every: 1s }`,
      },
      keys,
      env: { GATEWAY_PROCESSES: '1' },
    });
    const arena = new Arena({ folder, store, keys, people: known, federation });
    arena.#serves('single', federation.gateway);
    arena.#serves('several', await arena.#start('several'));
    const token = () => federation.token(SCOPES);
    arena.#load = new Load({ seed, clients: CLIENTS, gateways: arena.#urls, token, keys });
    return arena;
  }

  async strike(strike: Strike, random: Random): Promise<void> {
    const pause = () => wait(random.int(0, 700));
    switch (strike) {
      case 'kill the gateway':
        return this.#kill('single');
      case 'kill all processes of several':
        return this.#kill('several');
      case 'kill one process of several':
        return this.#killOneOf('several', random);
      case 'kill the store':
        await this.#parts.store.kill();
        await pause();
        return this.#parts.store.start();
      case 'kill a process of the store':
        return this.#parts.store.killBackend();
      case 'stop the store at once':
        await this.#parts.store.abort();
        await pause();
        return this.#parts.store.start();
      case 'stop the store for longer than answers wait':
        await this.#parts.store.abort();
        await this.#longerThanAnswersWait(random);
        return this.#parts.store.start();
      case 'freeze the store for longer than answers wait':
        this.#parts.store.freeze();
        await this.#longerThanAnswersWait(random);
        return this.#parts.store.thaw();
    }
  }

  /** Waits until each gateway answers with somebody's data again, by itself. */
  async recovered(): Promise<void> {
    const since = Date.now();
    const well = (gateway: string) =>
      this.#told.some((told) => told.gateway === gateway && told.at > since && told.what === 'read' && told.record);
    while (![...this.#urls.keys()].every(well)) {
      if (Date.now() > since + RECOVERS_WITHIN)
        throw new Error(`a gateway does not recover: ${JSON.stringify(this.#told.at(-1))}`);
      await wait(50);
    }
    await wait(200);
  }

  async look(): Promise<Pick<Round, 'broken' | 'seen'>> {
    // What was told by now, and carried out by now: the ledger is read afterwards.
    const told = [...this.#told];
    const executed = [...this.#parts.people.executed];
    const wasKilled = (gateway: string, at: number) =>
      this.#deaths.some((death) => death.gateway === gateway && at <= death.until && at >= death.from - MAY_TAKE);
    for (const since = Date.now(); ; await wait(250)) {
      const { snapshot, faults } = await this.#check.look();
      const all = { told, executed, keys: this.#parts.keys, records: snapshot.records, wasKilled };
      const { broken, late, seen } = brokenPromises(all);
      // Of several processes one may be well while another has still to try the store again.
      if (late.length > 0 && Date.now() < since + WRITTEN_WITHIN) continue;
      return { broken: [...faults, ...broken, ...late, ...this.#failures()], seen };
    }
  }

  async close(): Promise<void> {
    const { federation, store, folder } = this.#parts;
    await this.#load?.stop();
    await federation.close();
    await store.remove();
    await rm(folder, { recursive: true, force: true });
  }

  #longerThanAnswersWait(random: Random): Promise<void> {
    return wait(PATIENCE + random.int(200, 1_500));
  }

  async #kill(gateway: string): Promise<void> {
    const death = this.#dies(gateway);
    await this.#running.get(gateway)?.stop('SIGKILL');
    this.#serves(gateway, await this.#start(gateway));
    death.until = Date.now();
  }

  async #killOneOf(gateway: string, random: Random): Promise<void> {
    const running = this.#running.get(gateway);
    const parent = running?.child.pid ?? 0;
    const death = this.#dies(gateway);
    const before = (running?.log() ?? '').split(SERVES_AGAIN).length - 1;
    const { pid } = random.pick(familyOf(parent).filter((each) => each.parent === parent));
    process.kill(pid, 'SIGKILL');
    if (running) await logged(running, SERVES_AGAIN, before + 1);
    death.until = Date.now();
  }

  #dies(gateway: string): Death {
    const death = { gateway, from: Date.now(), until: Number.POSITIVE_INFINITY };
    this.#deaths.push(death);
    return death;
  }

  #start(gateway: string): Promise<Running> {
    return this.#parts.federation.another({ GATEWAY_PROCESSES: gateway === 'several' ? '2' : '1' });
  }

  #serves(gateway: string, running: Running): void {
    this.#running.set(gateway, running);
    this.#urls.set(gateway, running.url);
  }

  /** What a gateway says only where something is wrong with itself. */
  #failures(): readonly string[] {
    return this.#logs()
      .split('\n')
      .filter((line) => /"failure":"(internal|unhandled|engine)"/.test(line));
  }

  #logs(): string {
    return [...this.#running.values()].map(({ log }) => log()).join('\n');
  }

  get #told() {
    return this.#load?.told ?? [];
  }
}
