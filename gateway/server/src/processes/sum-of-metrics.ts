import { AggregatorRegistry, Counter, Gauge, Registry } from 'prom-client';

import type { MetricsJson } from '../telemetry/metrics.ts';

/** Milliseconds that one process may take to tell its metrics; the others are told without it. */
const PATIENCE = 2_000;

export interface Asked {
  readonly id: number;
  ask(question: number): void;
}

/**
 * The metrics of all processes as those of one. What a process counted before it died still counts, as far as it was last
 * read: a total that went down would be taken for a restart of everything.
 */
export class SumOfMetrics {
  readonly #own = new Registry();
  readonly #restarts = new Counter({
    name: 'lienthong_process_restarts_total',
    help: 'Processes that ended and were started again',
    registers: [this.#own],
  });
  readonly #last = new Map<number, MetricsJson>();
  readonly #waiting = new Map<string, (metrics: MetricsJson) => void>();
  #departed: Promise<MetricsJson> = Promise.resolve([]);
  #question = 0;

  /** @param serving how many processes serve */
  constructor(serving: () => number) {
    new Gauge({
      name: 'lienthong_processes',
      help: 'Processes that serve',
      registers: [this.#own],
      collect() {
        this.set(serving());
      },
    });
  }

  /** Asks every process and adds up what is told in time. */
  async read(processes: readonly Asked[]): Promise<Registry> {
    this.#question += 1;
    const question = this.#question;
    const told = await Promise.all(processes.map((process) => this.#ask(process, question)));
    const all = [await this.#own.getMetricsAsJSON(), ...told, await this.#departed];
    return AggregatorRegistry.aggregate(all);
  }

  async #ask({ id, ask }: Asked, question: number): Promise<MetricsJson> {
    const key = `${question} ${id}`;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(resolve, PATIENCE, undefined);
    });
    const told = new Promise<MetricsJson>((resolve) => {
      this.#waiting.set(key, resolve);
      ask(question);
    });
    try {
      // One that does not answer is as it was: a scrape must not see its counts go and come back.
      return (await Promise.race([told, late])) ?? this.#last.get(id) ?? [];
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(key);
    }
  }

  /** A process has answered. */
  tell(id: number, question: number, metrics: MetricsJson): void {
    this.#last.set(id, metrics);
    this.#waiting.get(`${question} ${id}`)?.(metrics);
  }

  /** A process has ended. */
  depart(id: number): void {
    const counts = this.#last.get(id)?.filter(({ type }) => COUNTS.has(String(type)));
    this.#last.delete(id);
    // Those who wait for it need wait no longer.
    for (const [key, resolve] of this.#waiting) if (key.endsWith(` ${id}`)) resolve([]);
    if (!counts) return;
    this.#departed = this.#departed.then((before) => AggregatorRegistry.aggregate([before, counts]).getMetricsAsJSON());
  }

  restarted(): void {
    this.#restarts.inc();
  }
}

/** Of what is gone, what it counted stays; what it was does not. */
const COUNTS: ReadonlySet<string> = new Set(['counter', 'histogram', 'summary']);
