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
  readonly client: DepartmentClient;
  readonly tls: ClientTls | undefined;
}

/** The departments' connections, kept over reloads: a new supergraph version finds them warm. */
export class Departments {
  readonly #parts: DepartmentsParts;
  readonly #connected = new Map<string, Connected>();
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

  /** The data source of one department; the configuration's address wins over the supergraph's. */
  source(department: DepartmentFacts, supergraphUrl: string | undefined, shape: AnswerShape): DepartmentSource {
    const { config, key, now } = this.#parts;
    const { url = supergraphUrl } = departmentOf(config, department.name);
    if (!url)
      throw new Error(
        `department ${department.name}: no url in the supergraph, set departments.${department.name}.url`,
      );
    requireSafe(url, department.name);
    const { client, tls } = this.#connect(department.name, url);
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
    await Promise.all([...this.#connected.values()].map(({ client }) => client.close()));
  }

  *#standing(): Iterable<DepartmentStanding> {
    for (const { department, client } of this.#connected.values()) yield { department, ...client.standing };
  }

  #connect(name: string, url: string): Connected {
    // By name too: two departments at one address may be met with different certificates.
    const place = `${name} ${url}`;
    let connected = this.#connected.get(place);
    if (!connected) {
      const { tls: files, ...settings } = departmentOf(this.#parts.config, name);
      const tls = files && readClientTls(files);
      const client = new DepartmentClient({
        ...settings,
        url,
        tls,
        underWay: this.#underWay,
        onCircuit: (state) => this.#parts.log.warn({ department: name, circuit: state }, 'circuit'),
      });
      connected = { department: name, client, tls };
      this.#connected.set(place, connected);
    }
    return connected;
  }
}

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
