import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';

import { destination, type Logger, pino } from 'pino';

import type { GatewayConfig } from '../config/index.ts';
import { serveMetrics } from '../telemetry/metrics-server.ts';
import type { FromWorker, ToWorker } from './messages.ts';
import { Pause } from './pause.ts';
import { SumOfMetrics } from './sum-of-metrics.ts';

/** Several processes that serve one port. */
export interface Processes {
  /** The GraphQL endpoint. */
  readonly url: string;
  readonly metricsUrl: string | undefined;
  /** Makes all of them load supergraph and documents anew. */
  reload(): void;
  /** Lets all of them drain; false where one did not end as it should. */
  close(): Promise<boolean>;
}

/** A process ended before it served. What it has to say stands on its own stderr. */
export class NotServing extends Error {
  override readonly name = 'NotServing';
}

/** Milliseconds; a process that serves ends by itself before (`lienthong gateway`). */
const PATIENCE = 9_800;

/**
 * Starts `config.processes` processes that run this very command as workers of `node:cluster`, and keeps them. This process
 * accepts connections and hands them round in turn, and serves nothing itself: the kernel's way (SO_REUSEPORT), which Node
 * 20 does not have, would go on giving connections to a process that hangs.
 *
 * @throws NotServing, EADDRINUSE of the metrics' port
 */
export const startProcesses = async (config: GatewayConfig): Promise<Processes> => {
  const log = pino({ level: config.logging.level }, destination({ dest: 2, sync: false }));
  const keeper = new Keeper(config, log);
  try {
    // The first one alone: where something is wrong, it is said once, and a key is made once.
    const url = await keeper.start();
    await Promise.all(Array.from({ length: config.processes - 1 }, () => keeper.start()));
    const metrics = config.metrics === false ? undefined : await serveMetrics(() => keeper.metrics(), config.metrics);
    keeper.keep();
    log.info({ origin: new URL(url).origin, processes: config.processes, metrics: metrics?.url }, 'serving');
    return {
      url,
      metricsUrl: metrics?.url,
      reload: () => keeper.signal('SIGHUP'),
      async close() {
        const [well] = await Promise.all([keeper.close(), metrics?.close()]);
        return well;
      },
    };
  } catch (error) {
    await keeper.close();
    throw error;
  }
};

/** A connection on its way to another process, as `node:cluster` sends it. */
interface Handle {
  close(): void;
}

/**
 * Closes the connection that a process was being handed when it ended. `node:cluster` waits for ever for it to be taken, and
 * so does the client, who would otherwise hear at once that he has to ask again.
 */
const dropUndelivered = (worker: Worker): void => {
  let handed: Handle | undefined;
  const child = worker.process;
  const send = child.send.bind(child) as (...given: readonly unknown[]) => boolean;
  child.send = ((...given: readonly unknown[]) => {
    const [, handle] = given;
    if (typeof handle === 'object' && handle !== null && 'close' in handle) handed = handle as Handle;
    return send(...given);
  }) as typeof child.send;
  // One that was taken is closed here already: to close it again does nothing.
  worker.once('exit', () => handed?.close());
};

/** The processes that serve: begun, asked, begun again. */
class Keeper {
  readonly #config: GatewayConfig;
  readonly #log: Logger;
  readonly #pause = new Pause();
  readonly #sum: SumOfMetrics;
  /** Those that serve, and since when in milliseconds of `performance.now()`. */
  readonly #serving = new Map<Worker, number>();
  readonly #all = new Set<Worker>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #keeping = false;

  constructor(config: GatewayConfig, log: Logger) {
    this.#config = config;
    this.#log = log;
    this.#sum = new SumOfMetrics(() => this.#serving.size);
    // Numbers that JSON has no word for are among the metrics.
    cluster.setupPrimary({ serialization: 'advanced' });
  }

  /** Starts one process. Resolves with where it serves. */
  start(): Promise<string> {
    return new Promise((resolve, reject) => {
      const worker = cluster.fork();
      this.#all.add(worker);
      dropUndelivered(worker);
      const say = (message: ToWorker): void => {
        if (worker.isConnected()) worker.send(message, () => {});
      };
      worker.on('message', (message: FromWorker) => {
        if (message.kind === 'begins') say({ kind: 'config', config: this.#config });
        else if (message.kind === 'metrics') this.#sum.tell(worker.id, message.question, message.metrics);
        else {
          this.#serving.set(worker, performance.now());
          resolve(message.url);
        }
      });
      worker.once('exit', (code, signal) => {
        this.#ended(worker, code, signal);
        reject(new NotServing(`a process ended with ${signal ?? code} before it served`));
      });
    });
  }

  /** From now on a process that ends is started again. */
  keep(): void {
    this.#keeping = true;
    for (let missing = this.#config.processes - this.#all.size; missing > 0; missing -= 1) this.#startAgain(0);
  }

  #ended(worker: Worker, code: number, signal: string | null): void {
    const since = this.#serving.get(worker);
    this.#all.delete(worker);
    this.#serving.delete(worker);
    this.#sum.depart(worker.id);
    if (!this.#keeping) return;
    const pause = this.#startAgain(since === undefined ? 0 : performance.now() - since);
    const { pid: ended } = worker.process;
    this.#log.error({ failure: 'process', ended, code, signal, pause }, 'a process ended, another one is started');
  }

  /** Returns the milliseconds until then. */
  #startAgain(served: number): number {
    const pause = this.#pause.after(served);
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#sum.restarted();
      this.start().then(
        () => this.#log.info({ serving: this.#serving.size }, 'a process serves again'),
        // Told, and tried once more, where it ended.
        () => {},
      );
    }, pause);
    this.#timers.add(timer);
    return pause;
  }

  metrics() {
    const processes = [...this.#serving.keys()].map((worker) => ({
      id: worker.id,
      ask: (question: number) => {
        if (worker.isConnected()) worker.send({ kind: 'metrics', question } satisfies ToWorker, () => {});
      },
    }));
    return this.#sum.read(processes);
  }

  signal(signal: 'SIGHUP' | 'SIGTERM' | 'SIGKILL'): void {
    for (const worker of this.#all) worker.process.kill(signal);
  }

  async close(): Promise<boolean> {
    this.#keeping = false;
    for (const timer of this.#timers) clearTimeout(timer);
    const ends = [...this.#all].map(async (worker) => {
      // One that does not serve yet has nothing to drain, and no ear for the signal.
      const serves = this.#serving.has(worker);
      const [code] = await once(worker, 'exit');
      return code === 0 || !serves;
    });
    this.signal('SIGTERM');
    const late = setTimeout(() => this.signal('SIGKILL'), PATIENCE);
    const well = await Promise.all(ends);
    clearTimeout(late);
    return well.every(Boolean);
  }
}
