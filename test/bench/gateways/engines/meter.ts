import type { GatewayConfig } from '@lienthong/server';

import { profiler } from './profiler.ts';

/** What every gateway's process tells of itself. */
export interface Usage {
  /** Milliseconds of processor time, user and system, of all threads. */
  readonly cpu: number;
  /** MiB resident now. */
  readonly rss: number;
}

export const meter = {
  ...profiler,
  usage: (_: null): Usage => {
    const { user, system } = process.cpuUsage();
    return { cpu: (user + system) / 1_000, rss: process.memoryUsage.rss() / 1_048_576 };
  },
};
export type MeterQuestions = typeof meter;

/** What a gateway's process is started with. Each takes what it needs. */
export interface EngineInput {
  /** The supergraph without authorization directives, and the same as a file. */
  readonly strippedSdl: string;
  readonly strippedFile: string;
  /** A configuration of our gateway. */
  readonly config: string;
  /** The checkout whose gateway is measured: a path that ends with `/`. */
  readonly checkout: string;
  /** The setting of that name, for our gateway; absent: off. */
  readonly tracing?: { readonly endpoint: string; readonly sampling: number; readonly trustIncoming: boolean };
  /** Of our gateway: answers are signed, their records kept; absent: neither. */
  readonly evidence?: Partial<Pick<GatewayConfig, 'signing' | 'audit'>>;
  /** The settings of that section which are others than the default, for our gateway. */
  readonly execution?: Partial<GatewayConfig['execution']>;
  /** A file with what the floors do: `FloorScript`. */
  readonly floor: string;
}
