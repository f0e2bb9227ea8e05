import type { Logger } from 'pino';

import { departmentOf, type GatewayConfig } from '../config/index.ts';
import type { GatewayKey } from '../internal-token/keys.ts';
import { callerIdentity, tokenSigner } from '../internal-token/signer.ts';
import type { DepartmentFacts } from '../supergraph/department-scopes.ts';
import type { DepartmentStanding, Metrics } from '../telemetry/metrics.ts';
import type { AnswerShape } from './answer-shape.ts';
import { CallsUnderWay, type KeptAnswers } from './calls-under-way.ts';
import { DepartmentClient } from './department-client.ts';
import { DepartmentSource } from './department-source.ts';
import { type ClientTls, readClientTls } from './department-tls.ts';
import { Sharing } from './sharing.ts';

export interface DepartmentsParts {
  readonly config: GatewayConfig;
  readonly key: GatewayKey;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly now: () => number;
}

interface Connected {
  readonly department: string;
  readonly url: string;
  readonly client: DepartmentClient;
  readonly tls: ClientTls | undefined;
  /** Versions that ask by it. */
  users: number;
}

/** The departments as one supergraph version asks them. */
export interface VersionDepartments {
  /** @throws TypeError where the supergraph names no such department */
  sourceOf(department: string): DepartmentSource;
  /** That version answers from now on: metrics tell of its departments. */
  serve(): void;
  /** Once no request is under way that began with that version: ends connections that no other version needs. */
  close(): Promise<void>;
}

/** The departments' connections, kept over reloads: a new supergraph version finds them warm. */
export class Departments {
  readonly #parts: DepartmentsParts;
  readonly #connected = new Map<string, Connected>();
  /** Those of the version that answers. */
  #served: readonly Connected[] = [];
  readonly #underWay: CallsUnderWay;
  readonly #calls: Sharing | undefined;
  readonly #batchDelay: number | undefined;

  constructor(parts: DepartmentsParts) {
    this.#parts = parts;
    this.#underWay = new CallsUnderWay(parts.config.execution.memory);
    const { sharing, timeout, batchDelay } = parts.config.execution;
    this.#calls = sharing === 'off' ? undefined : new Sharing(timeout);
    this.#batchDelay = sharing === 'batched' ? batchDelay : undefined;
    parts.metrics.watchDepartments(() => this.#standing());
  }

  /** @throws Error where a department has no address, or none that personal data may go to */
  open(departments: readonly DepartmentFacts[], shape: AnswerShape): VersionDepartments {
    const used: Connected[] = [];
    const close = async () => {
      await Promise.all(used.splice(0).map((connected) => this.#release(connected)));
    };
    const sources = new Map<string, DepartmentSource>();
    try {
      for (const department of departments) {
        const connected = this.#connect(department);
        used.push(connected);
        sources.set(department.name, this.#source(department, connected, shape));
      }
    } catch (error) {
      // Nothing was ever sent on them.
      void close();
      throw error;
    }
    return {
      sourceOf(department) {
        const source = sources.get(department);
        if (!source) throw new TypeError(`a plan that asks «${department}», which the supergraph does not name`);
        return source;
      },
      serve: () => {
        this.#served = [...used];
      },
      close,
    };
  }

  #source(department: DepartmentFacts, { url, client, tls }: Connected, shape: AnswerShape): DepartmentSource {
    const { config, key, now } = this.#parts;
    const { binding } = config.internalToken;
    if (binding === 'channel') requireChannel(url, department.name, tls);
    const sign = tokenSigner({ key, department, binding, certificate: tls?.thumbprint, now });
    const sharing = this.#calls && {
      calls: this.#calls,
      identityOf: callerIdentity(department.scopes),
      batchDelay: this.#batchDelay,
    };
    return new DepartmentSource({ ...this.#parts, department, client, sign, shape, sharing });
  }

  /** Where requests count the answers that they work on. */
  get keptAnswers(): KeptAnswers {
    return this.#underWay;
  }

  async close(): Promise<void> {
    const connected = [...this.#connected.values()];
    this.#connected.clear();
    await Promise.all(connected.map(({ client }) => client.close()));
  }

  *#standing(): Iterable<DepartmentStanding> {
    for (const { department, client } of this.#served) yield { department, ...client.standing };
  }

  /** The configuration's address wins over the supergraph's. */
  #connect({ name, url: supergraphUrl }: DepartmentFacts): Connected {
    const { tls: files, ...settings } = departmentOf(this.#parts.config, name);
    const { url = supergraphUrl } = settings;
    if (!url) throw new Error(`department ${name}: no url in the supergraph, set departments.${name}.url`);
    requireSafe(url, name);
    let connected = this.#connected.get(placeOf(name, url));
    if (!connected) {
      const tls = files && readClientTls(files);
      const client = new DepartmentClient({
        ...settings,
        url,
        tls,
        underWay: this.#underWay,
        onCircuit: (state) => this.#parts.log.warn({ department: name, circuit: state }, 'circuit'),
      });
      connected = { department: name, url, client, tls, users: 0 };
      this.#connected.set(placeOf(name, url), connected);
    }
    connected.users += 1;
    return connected;
  }

  async #release(connected: Connected): Promise<void> {
    connected.users -= 1;
    const { department, url, client } = connected;
    if (connected.users > 0 || !this.#connected.delete(placeOf(department, url))) return;
    await client.close();
  }
}

/** By name too: two departments at one address may be met with different certificates. */
const placeOf = (department: string, url: string): string => `${department} ${url}`;

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** Personal data crosses a network only over TLS (DESIGN §4). */
const requireSafe = (url: string, department: string): void => {
  const { protocol, hostname } = new URL(url);
  if (protocol === 'https:' || (protocol === 'http:' && LOOPBACK.test(hostname))) return;
  throw new Error(
    `department ${department}: ${protocol}//${hostname} needs https, http is for loopback addresses only`,
  );
};

/** For addresses that stand in the supergraph: those of the configuration are refused there, with file and line. */
const requireChannel = (url: string, department: string, tls: ClientTls | undefined): void => {
  if (new URL(url).protocol === 'http:' || tls?.thumbprint) return;
  throw new Error(
    `department ${department}: internalToken.binding: channel needs departments.${department}.tls with certificate and key`,
  );
};
