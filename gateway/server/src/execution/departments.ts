import type { Logger } from 'pino';

import { departmentOf, type GatewayConfig } from '../config/index.ts';
import type { GatewayKey } from '../internal-token/keys.ts';
import type { DepartmentFacts } from '../supergraph/department-scopes.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { AnswerShape } from './answer-shape.ts';
import { DepartmentClient } from './department-client.ts';
import { DepartmentSource } from './department-source.ts';

export interface DepartmentsParts {
  readonly config: GatewayConfig;
  readonly key: GatewayKey;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly now: () => number;
}

/** The departments' connections, kept over reloads: a new supergraph version finds them warm. */
export class Departments {
  readonly #parts: DepartmentsParts;
  readonly #clients = new Map<string, DepartmentClient>();

  constructor(parts: DepartmentsParts) {
    this.#parts = parts;
  }

  /** The data source of one department; the configuration's address wins over the supergraph's. */
  source(department: DepartmentFacts, supergraphUrl: string | undefined, shape: AnswerShape): DepartmentSource {
    const { url = supergraphUrl, timeout, connections } = departmentOf(this.#parts.config, department.name);
    if (!url)
      throw new Error(
        `department ${department.name}: no url in the supergraph, set departments.${department.name}.url`,
      );
    requireSafe(url, department.name);
    let client = this.#clients.get(url);
    if (!client) {
      client = new DepartmentClient({ url, timeout, connections });
      this.#clients.set(url, client);
    }
    return new DepartmentSource({ ...this.#parts, department, client, shape });
  }

  async close(): Promise<void> {
    await Promise.all([...this.#clients.values()].map((client) => client.close()));
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
