import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** `open`, `busy`: the call was not made. */
export type CallOutcome = 'ok' | 'errors' | 'unavailable' | 'timeout' | 'invalid' | 'open' | 'busy';

/** How the connections to one department stand. */
export interface DepartmentStanding {
  readonly department: string;
  readonly circuit: 'closed' | 'half-open' | 'open';
  readonly active: number;
  readonly waiting: number;
}

const CIRCUIT_VALUE = { closed: 0, 'half-open': 1, open: 2 } as const;

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
  readonly #retries = new Counter({
    name: 'lienthong_department_retries_total',
    help: 'Queries asked once more after a connection to the department failed before any answer',
    labelNames: ['department'],
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

  departmentCall(department: string, outcome: CallOutcome, seconds: number): void {
    this.#calls.observe({ department, outcome }, seconds);
  }

  departmentRetry(department: string): void {
    this.#retries.inc({ department });
  }

  /** Tells how departments stand whenever the metrics are read: nothing is done for it in between. */
  watchDepartments(standing: () => Iterable<DepartmentStanding>): void {
    new Gauge({
      name: 'lienthong_department_circuit',
      help: 'Whether the department is called: 0 yes (closed), 1 one call is trying (half-open), 2 no (open)',
      labelNames: ['department'],
      registers: [this.registry],
      collect() {
        for (const { department, circuit } of standing()) this.set({ department }, CIRCUIT_VALUE[circuit]);
      },
    });
    new Gauge({
      name: 'lienthong_department_calls',
      help: 'Calls to the department at this moment: active on a connection, or waiting for one',
      labelNames: ['department', 'state'],
      registers: [this.registry],
      collect() {
        for (const { department, active, waiting } of standing()) {
          this.set({ department, state: 'active' }, active);
          this.set({ department, state: 'waiting' }, waiting);
        }
      },
    });
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
