import type { GatewayConfig } from '../config/index.ts';
import type { MetricsJson } from '../telemetry/metrics.ts';

/** What a process that serves says to the one that keeps it. */
export type FromWorker =
  | { readonly kind: 'begins' }
  | { readonly kind: 'serves'; readonly url: string }
  | { readonly kind: 'metrics'; readonly question: number; readonly metrics: MetricsJson };

/** And what it is told. */
export type ToWorker =
  | { readonly kind: 'config'; readonly config: GatewayConfig }
  | { readonly kind: 'metrics'; readonly question: number };
