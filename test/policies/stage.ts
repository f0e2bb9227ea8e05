import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type Gateway, type GatewayConfig, loadConfig, startGateway } from '@lienthong/server';
import { type InProcessGateway, inProcess, PlanningThreads } from '@lienthong/server/testing';
import type { GraphQLSchema } from 'graphql';
import { pino } from 'pino';

import { createIssuer, ISSUERS, type Issuer } from './caller.ts';
import { compose, supergraphOf } from './composed.ts';
import { type DecisionPoint, startDecisionPoint } from './decision-point.ts';
import { type Call, type Department, startDepartments } from './department.ts';
import type { Case, FederationText, Reload, Settings } from './model.ts';

/** One federation that runs with one set of settings: its departments, the gateway over HTTP, the gateway in process. */
export interface Stage {
  readonly departments: readonly Department[];
  /** Starts to listen when it is first wanted. */
  gateway(): Promise<Gateway>;
  readonly inside: InProcessGateway;
  /** What callers see of the federation. */
  readonly schema: GraphQLSchema;
  /** What departments received since the last `forget`. */
  readonly calls: Call[];
  readonly issuer: Issuer;
  readonly decisionPoint: DecisionPoint;
  forget(): void;
  /** Publishes another supergraph. */
  reload(to: Reload): Promise<boolean>;
}

/** A federation's departments, and the supergraph composed of them. */
interface Composed {
  readonly departments: readonly Department[];
  readonly supergraph: string;
}

/** What all stages have in common. */
interface Shared extends Pick<Stage, 'issuer' | 'decisionPoint'> {
  readonly folder: string;
  /** Of all gateways: a thread for each would take longer to start than most tables take to play. */
  readonly planning: PlanningThreads;
}

/** The stages of all tables. Each is built when its first case plays, and serves every other case like it. */
export class Stages {
  readonly #composed = new Map<string, Promise<Composed>>();
  readonly #stages = new Map<string, Promise<Stage>>();
  /** Of all federations: cases play one after the other. */
  readonly #calls: Call[] = [];
  readonly #undo: (() => Promise<unknown> | unknown)[] = [];
  #shared: Promise<Shared> | undefined;

  /** A reload changes what it finds, so that such a case has a stage of its own. */
  of(play: Case): Promise<Stage> {
    const { id, federation, settings, reload, decisionPoint } = play;
    const key = JSON.stringify([federation.name, settings, reload ? id : '', decisionPoint.kind === 'late']);
    const known = this.#stages.get(key) ?? this.#build(play, `${this.#stages.size}.graphql`);
    this.#stages.set(key, known);
    return known;
  }

  async close(): Promise<void> {
    for (const step of this.#undo.splice(0).reverse()) await step();
  }

  async #build({ federation, settings, reload, decisionPoint: { kind } }: Case, name: string): Promise<Stage> {
    this.#shared ??= this.#share();
    const { issuer, decisionPoint, folder, planning } = await this.#shared;
    const first = await this.#compose(federation);
    const next = reload && (await this.#compose(reload.federation));
    const file = join(folder, name);
    writeFileSync(file, first.supergraph);
    // Only where the answer is never to come is it waited for briefly: a busy machine must not turn a grant into a denial.
    const policyDecision = { url: decisionPoint.url, timeout: kind === 'late' ? '50ms' : '5s' };
    const config = readConfig(folder, file, settings, policyDecision, engineFor(first.supergraph));
    // In process a case meets what is served when it plays.
    const { departments, supergraph } = reload?.outcome === 'served' && next ? next : first;
    const inside = await startInside(supergraph, departments, config);
    this.#undo.push(() => inside.close());
    let gateway: Promise<Gateway> | undefined;
    const start = async () => {
      const started = await startGateway(config, { planning });
      this.#undo.push(() => started.close());
      return started;
    };
    const listening = () => {
      gateway ??= start();
      return gateway;
    };
    return {
      departments,
      gateway: listening,
      inside,
      schema: inside.schema,
      calls: this.#calls,
      issuer,
      decisionPoint,
      forget: () => {
        this.#calls.length = 0;
      },
      reload: async ({ replace }) => {
        let text = next?.supergraph ?? '';
        for (const [from, to] of replace) text = text.replaceAll(from, to);
        if (text === next?.supergraph && replace.size > 0) throw new Error('the supergraph holds nothing to replace');
        writeFileSync(file, text);
        return (await listening()).reload();
      },
    };
  }

  #compose(federation: FederationText): Promise<Composed> {
    const start = async () => {
      const departments = await startDepartments(federation, (call) => this.#calls.push(call));
      this.#undo.push(() => Promise.all(departments.map((department) => department.close())));
      // As a supergraph that comes from elsewhere may be: `unguarded: refuse` has to hold at run time too.
      return { departments, supergraph: supergraphOf(compose(departments, 'allow')) };
    };
    const known = this.#composed.get(federation.name) ?? start();
    this.#composed.set(federation.name, known);
    return known;
  }

  async #share(): Promise<Shared> {
    const folder = mkdtempSync(join(tmpdir(), 'lienthong-tables-'));
    this.#undo.push(() => rmSync(folder, { recursive: true, force: true }));
    const [issuer, decisionPoint] = await Promise.all([createIssuer(), startDecisionPoint()]);
    this.#undo.push(() => decisionPoint.close());
    writeFileSync(join(folder, 'jwks.json'), JSON.stringify(issuer.jwks));
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    writeFileSync(join(folder, 'gateway-key.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }), {
      mode: 0o600,
    });
    // A busy machine must not turn an answer into a refusal.
    const planning = new PlanningThreads({ budget: 60_000, log: pino({ level: 'silent' }) });
    this.#undo.push(() => planning.close());
    return { folder, issuer, decisionPoint, planning };
  }
}

/** Read from a file like any other, so that what a table does not say is the product's own default. */
const readConfig = (
  folder: string,
  supergraph: string,
  settings: Settings,
  policyDecision: object,
  engine: string | undefined,
): GatewayConfig => {
  const { environment, authorization, limits } = settings;
  const file = join(folder, 'gateway.yaml');
  const jwks = { file: join(folder, 'jwks.json') };
  const written = {
    environment,
    listen: { port: 0 },
    metrics: false,
    supergraph: { file: supergraph },
    authentication: {
      issuers: [
        { issuer: ISSUERS.string, jwks },
        { issuer: ISSUERS.array, jwks, scopeFormat: 'array' },
      ],
    },
    authorization: { ...authorization, policyDecision },
    internalToken: { keyFile: join(folder, 'gateway-key.pem') },
    limits,
    audit: false,
    console: { enabled: false },
    logging: { level: 'silent' },
  };
  // JSON is YAML.
  writeFileSync(file, JSON.stringify(written));
  // Nothing else of the environment may change what the tables say: they hold whichever engine runs them.
  return loadConfig(file, engine === undefined ? {} : { LIENTHONG_EXECUTION_ENGINE: engine }).config;
};

/** The reference engine serves no federation with contexts (CONTEXT_NOT_SERVED): those are always the compiled one's. */
const engineFor = (supergraph: string): string | undefined =>
  supergraph.includes('contextArguments: [{') ? 'compiled' : process.env.LIENTHONG_EXECUTION_ENGINE;

const startInside = (supergraph: string, departments: readonly Department[], config: GatewayConfig) =>
  inProcess({
    supergraph,
    config,
    engine: config.execution.engine,
    unguarded: config.authorization.unguarded,
    onLog: () => {},
    departments:
      ({ name }) =>
      async (query, variables) => {
        const department = departments.find((each) => each.name === name);
        if (!department) throw new TypeError(`no department ${name}`);
        return department.run(query, variables);
      },
  });
