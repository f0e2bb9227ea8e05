import { setTimeout as wait } from 'node:timers/promises';

import { Agent, request } from 'undici';

import { Random } from '../fuzz/random.ts';
import { NONCE } from '../kit/commitments.ts';
import type { LedgerKeys } from '../kit/ledger-keys.ts';
import { PUBLIC, READ, WRITE } from './ledger-people.ts';

/** One question of a client, and what became of it. */
export interface Told {
  readonly what: 'read' | 'write' | 'public';
  /** The gateway that was asked, by its name. */
  readonly gateway: string;
  /** Whom it was about. */
  readonly number: string | undefined;
  /** Of a write: what the department knows it by. */
  readonly mark: string | undefined;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Absent where no answer began. */
  readonly status?: number;
  /** The name of the record that the answer came with. */
  readonly record?: string;
  /** What shows that the record is of this answer. */
  readonly nonce?: string;
  /** All of the answer; absent where it did not arrive in full. */
  readonly text?: string;
}

export interface LoadOptions {
  readonly seed: string;
  readonly clients: number;
  /** Where each gateway is by now. */
  readonly gateways: ReadonlyMap<string, string>;
  readonly token: () => Promise<string>;
  readonly keys: LedgerKeys;
}

/** Questions that a client asks with one token. */
const ASKED_WITH_ONE = 500;

/** Clients that ask without a pause, reads and writes and public data, and note what they are told. */
export class Load {
  readonly told: Told[] = [];
  readonly #options: LoadOptions;
  readonly #clients: Promise<void>[];
  #stopped = false;

  constructor(options: LoadOptions) {
    this.#options = options;
    this.#clients = Array.from({ length: options.clients }, (_, n) => this.#client(n));
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#clients);
  }

  async #client(n: number): Promise<void> {
    const { seed, gateways } = this.#options;
    const random = new Random(`${seed} client ${n}`);
    // Each client over a connection of its own: which of several processes answers is settled when it is made.
    let dispatcher = new Agent({ connections: 1 });
    let token = '';
    for (let turn = 0; !this.#stopped; turn += 1) {
      if (turn % ASKED_WITH_ONE === 0) token = await this.#options.token();
      const gateway = random.pick([...gateways.keys()]);
      const what = random.pick(['read', 'read', 'read', 'write', 'write', 'public'] as const);
      const told = await this.#ask(what, gateway, `${n}-${turn}`, { token, random, dispatcher });
      this.told.push(told);
      if (told.text !== undefined && random.chance(0.95)) continue;
      await dispatcher.destroy();
      dispatcher = new Agent({ connections: 1 });
      if (told.text === undefined) await wait(20);
    }
    await dispatcher.destroy();
  }

  async #ask(
    what: Told['what'],
    gateway: string,
    turn: string,
    { token, random, dispatcher }: { token: string; random: Random; dispatcher: Agent },
  ): Promise<Told> {
    const { keys, gateways } = this.#options;
    const number = what === 'public' ? undefined : `0510${random.int(10_000_000, 10_000_299)}`;
    const mark = what === 'write' ? `mark-${turn}` : undefined;
    const variables = mark ? { citizen: keys.idOf(number ?? ''), mark } : number ? { number } : {};
    let told: Told = { what, gateway, number, mark, at: Date.now() };
    try {
      const { statusCode, headers, body } = await request(gateways.get(gateway) ?? '', {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify({ query: { read: READ, write: WRITE, public: PUBLIC }[what], variables }),
        dispatcher,
      });
      const { 'lienthong-record': record, [NONCE]: nonce } = headers;
      told = { ...told, status: statusCode };
      if (typeof record === 'string') told = { ...told, record };
      if (typeof nonce === 'string') told = { ...told, nonce };
      return { ...told, text: await body.text() };
    } catch {
      return told;
    }
  }
}
