import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';

import { HotHistogram, type Series } from './hot-histogram.ts';

/** `open`, `busy`: the call was not made. */
export type CallOutcome = 'ok' | 'errors' | 'unavailable' | 'timeout' | 'invalid' | 'open' | 'busy';

/** As one process tells them to another. */
export type MetricsJson = Awaited<ReturnType<Registry['getMetricsAsJSON']>>;

/** How the connections to one department stand. */
export interface DepartmentStanding {
  readonly department: string;
  readonly circuit: 'closed' | 'half-open' | 'open';
  readonly active: number;
  readonly waiting: number;
}

/** How the writing of the ledger stands. */
export interface LedgerStanding {
  readonly available: boolean;
  readonly waiting: number;
  readonly deferred: number;
  readonly records: number;
  readonly commits: number;
  readonly forked: boolean;
  /** Seconds for which no head could be signed or written down; 0 where nothing signs. */
  readonly unsigned: number;
  /** Seconds for which no head could be stamped though one was due; 0 where stamps are not configured. */
  readonly unstamped: number;
}

const isAway = ({ available }: LedgerStanding): number => Number(!available);

const BUCKETS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

const CIRCUIT_VALUE = { closed: 0, 'half-open': 1, open: 2 } as const;

/** The gateway's numbers. Labels come from our own words and the schema, never from requests, so their count is bounded. */
export class Metrics {
  readonly registry = new Registry();
  readonly #requests = new HotHistogram({
    name: 'lienthong_request_duration_seconds',
    help: 'Time from receiving a request to its answer, by HTTP status',
    labelNames: ['status'],
    buckets: BUCKETS,
    registers: [this.registry],
  });
  readonly #calls = new HotHistogram({
    name: 'lienthong_department_call_duration_seconds',
    help: 'Time of one call to a department, by outcome',
    labelNames: ['department', 'outcome'],
    buckets: BUCKETS,
    registers: [this.registry],
  });
  readonly #byStatus = new Map<number, Series>();
  readonly #byDepartment = new Map<string, Map<CallOutcome, Series>>();
  readonly #retries = new Counter({
    name: 'lienthong_department_retries_total',
    help: 'Queries asked once more after a connection to the department failed before any answer',
    labelNames: ['department'],
    registers: [this.registry],
  });
  /** Denials since the metrics were last read, by coordinate: one answer may hold dozens. */
  readonly #denied = new Map<string, number>();
  readonly #denials = new Counter({
    name: 'lienthong_denied_fields_total',
    help: 'Fields that a caller asked for and was not permitted',
    labelNames: ['coordinate'],
    registers: [this.registry],
    collect: () => this.#countDenials(),
  });
  readonly #reference = new Counter({
    name: 'lienthong_reference_engine_total',
    help: 'Operations that the compiled engine left to the reference engine',
    registers: [this.registry],
  });
  readonly #refusals = new Counter({
    name: 'lienthong_refused_tokens_total',
    help: 'Requests refused for their access token, by reason',
    labelNames: ['reason'],
    registers: [this.registry],
  });
  readonly #unrecorded = new Counter({
    name: 'lienthong_ledger_failures_total',
    help: 'Records that could not be written to the ledger, by kind. Personal data did not leave without',
    labelNames: ['kind'],
    registers: [this.registry],
  });
  readonly #reloads = new Counter({
    name: 'lienthong_supergraph_loads_total',
    help: 'Supergraph loads, by outcome',
    labelNames: ['outcome'],
    registers: [this.registry],
  });

  readonly #warmed = new Counter({
    name: 'lienthong_warmed_operations_total',
    help: 'Operations in use when a new supergraph was loaded: ready before it served, failed (they no longer fit), left for want of time or number',
    labelNames: ['outcome'],
    registers: [this.registry],
  });

  constructor(options: { readonly process: boolean }) {
    if (options.process) collectDefaultMetrics({ register: this.registry });
  }

  departmentCall(department: string, outcome: CallOutcome, seconds: number): void {
    let outcomes = this.#byDepartment.get(department);
    if (!outcomes) {
      outcomes = new Map();
      this.#byDepartment.set(department, outcomes);
    }
    let series = outcomes.get(outcome);
    if (!series) {
      series = this.#calls.series(department, outcome);
      outcomes.set(outcome, series);
    }
    series.observe(seconds);
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
      // Of several processes the one that is worst off: a sum would mean nothing.
      aggregator: 'max',
      registers: [this.registry],
      collect() {
        // A department that has left the supergraph stands nowhere.
        this.reset();
        for (const { department, circuit } of standing()) this.set({ department }, CIRCUIT_VALUE[circuit]);
      },
    });
    new Gauge({
      name: 'lienthong_department_calls',
      help: 'Calls to the department at this moment: active on a connection, or waiting for one',
      labelNames: ['department', 'state'],
      registers: [this.registry],
      collect() {
        this.reset();
        for (const { department, active, waiting } of standing()) {
          this.set({ department, state: 'active' }, active);
          this.set({ department, state: 'waiting' }, waiting);
        }
      },
    });
  }

  /** Tells how much is remembered of operations, by kind, and how much may be. */
  watchRemembered(remembered: { readonly limit: number; readonly weights: ReadonlyMap<string, number> }): void {
    new Gauge({
      name: 'lienthong_remembered_bytes',
      help: 'What is remembered of operations so that it need not be made again, by kind',
      labelNames: ['kind'],
      registers: [this.registry],
      collect() {
        for (const [kind, bytes] of remembered.weights) this.set({ kind }, bytes);
      },
    });
    new Gauge({
      name: 'lienthong_remembered_limit_bytes',
      help: 'What may be remembered of operations, of all kinds together: execution.remembered',
      registers: [this.registry],
      collect() {
        this.set(remembered.limit);
      },
    });
  }

  request(status: number, seconds: number): void {
    let series = this.#byStatus.get(status);
    if (!series) {
      series = this.#requests.series(String(status));
      this.#byStatus.set(status, series);
    }
    series.observe(seconds);
  }

  denied(coordinate: string): void {
    this.#denied.set(coordinate, (this.#denied.get(coordinate) ?? 0) + 1);
  }

  #countDenials(): void {
    for (const [coordinate, count] of this.#denied) this.#denials.inc({ coordinate }, count);
    this.#denied.clear();
  }

  referenceEngine(): void {
    this.#reference.inc();
  }

  refusedToken(reason: string): void {
    this.#refusals.inc({ reason });
  }

  recordLost(kind: string): void {
    this.#unrecorded.inc({ kind });
  }

  /** Operations in use when a supergraph was loaded, by what became of them. */
  warmedUp(warmed: Readonly<Record<'ready' | 'failed' | 'left', number>>): void {
    for (const outcome of ['ready', 'failed', 'left'] as const) this.#warmed.inc({ outcome }, warmed[outcome]);
  }

  supergraphLoaded(outcome: 'ok' | 'refused'): void {
    this.#reloads.inc({ outcome });
  }

  /** Tells how the ledger stands whenever the metrics are read. */
  watchLedger(standing: () => LedgerStanding): void {
    const gauge = (name: string, help: string, read: (ledger: LedgerStanding) => number, worst: 'max' | 'sum') =>
      new Gauge({
        ...{ name, help, aggregator: worst, registers: [this.registry] },
        collect() {
          this.set(read(standing()));
        },
      });
    gauge('lienthong_ledger_away', 'Whether records cannot be written: 1 while the store is away', isAway, 'max');
    gauge('lienthong_ledger_waiting', 'Records that wait to be durable', ({ waiting }) => waiting, 'sum');
    const deferred = 'Records of denials and public answers kept in memory until the store is back';
    gauge('lienthong_ledger_deferred', deferred, (ledger) => ledger.deferred, 'sum');
    gauge('lienthong_ledger_records', 'Records written since the start', ({ records }) => records, 'sum');
    gauge('lienthong_ledger_commits', 'Commits since the start', ({ commits }) => commits, 'sum');
    const forked = 'Whether the ledger was found to be another one than was signed before: nothing is signed any more';
    gauge('lienthong_ledger_forked', forked, (ledger) => Number(ledger.forked), 'max');
    const unsigned =
      'Seconds for which every attempt to sign a head, or to write it to its file, has failed; 0 while none does';
    gauge('lienthong_ledger_unsigned_seconds', unsigned, (ledger) => ledger.unsigned, 'max');
    const unstamped = 'Seconds for which every attempt to have a head time-stamped has failed; 0 while none does';
    gauge('lienthong_ledger_unstamped_seconds', unstamped, (ledger) => ledger.unstamped, 'max');
  }
}
