import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client';

export type CallOutcome = 'ok' | 'errors' | 'unavailable' | 'timeout' | 'invalid';

/** The gateway's numbers. Labels come from our own words and the schema, never from requests, so their count is bounded. */
export class Metrics {
  readonly registry = new Registry();
  readonly #requests = new Histogram({
    name: 'lienthong_request_duration_seconds',
    help: 'Time from receiving a request to its answer, by HTTP status',
    labelNames: ['status'],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers: [this.registry],
  });
  readonly #calls = new Histogram({
    name: 'lienthong_department_call_duration_seconds',
    help: 'Time of one call to a department, by outcome',
    labelNames: ['department', 'outcome'],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers: [this.registry],
  });
  readonly #denials = new Counter({
    name: 'lienthong_denied_fields_total',
    help: 'Fields that a caller asked for and was not permitted',
    labelNames: ['coordinate'],
    registers: [this.registry],
  });
  readonly #refusals = new Counter({
    name: 'lienthong_refused_tokens_total',
    help: 'Requests refused for their access token, by reason',
    labelNames: ['reason'],
    registers: [this.registry],
  });
  readonly #reloads = new Counter({
    name: 'lienthong_supergraph_loads_total',
    help: 'Supergraph loads, by outcome',
    labelNames: ['outcome'],
    registers: [this.registry],
  });

  constructor(options: { readonly process: boolean }) {
    if (options.process) collectDefaultMetrics({ register: this.registry });
  }

  /** Starts timing a call; the function returned ends it. */
  departmentCall(department: string): (outcome: CallOutcome) => void {
    const end = this.#calls.startTimer({ department });
    return (outcome) => end({ outcome });
  }

  request(status: number, seconds: number): void {
    this.#requests.observe({ status: String(status) }, seconds);
  }

  denied(coordinate: string): void {
    this.#denials.inc({ coordinate });
  }

  refusedToken(reason: string): void {
    this.#refusals.inc({ reason });
  }

  supergraphLoaded(outcome: 'ok' | 'refused'): void {
    this.#reloads.inc({ outcome });
  }
}
