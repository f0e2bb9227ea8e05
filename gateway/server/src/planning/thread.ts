import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';

import type { Made } from './library.js';

/** Megabytes of heap for one thread: some hundred times what an honest plan needs, beside the libraries' own 30. */
const HEAP = 256;
/** Megabytes of it for what is young: a plan is not in a hurry, and the process's own setting would cost each thread 96. */
const YOUNG = 12;

/** Milliseconds until a thread has read a supergraph, its own start included. Nobody attacks with those: it is ours. */
const LOADED_WITHIN = 60_000;

/** A supergraph as threads know it. */
export interface Version {
  readonly sdl: string;
  readonly copy: string | undefined;
}

/** Why a thread came to its end with a question open. */
export type Ending = 'time' | 'memory' | 'crashed' | 'closed';

export class ThreadEnded extends Error {
  readonly ending: Ending;

  constructor(ending: Ending, options?: ErrorOptions) {
    super(`planning thread: ${ending}`, options);
    this.name = 'ThreadEnded';
    this.ending = ending;
  }
}

type Request = { readonly kind: 'load'; readonly version: number } & Version;
type Question = Request | { readonly kind: 'plan'; readonly version: number; readonly text: string };
type Loaded = { readonly loaded: true } | { readonly loaded: false; readonly message: string };

interface Open {
  resolve(reply: unknown): void;
  reject(ending: ThreadEnded): void;
}

/**
 * One thread with Apollo's planner in it. It is asked one thing at a time; what takes it too much time or memory ends it,
 * because a plan under way cannot be interrupted.
 */
export class PlanningThread {
  readonly #worker: Worker;
  readonly #loaded = new Set<number>();
  #open: Open | undefined;
  #ending: Ending | undefined;

  constructor() {
    // A flag of the process goes before the limits of a thread (V8's `Heap::ConfigureHeap`), and is read when a heap is made:
    // that of the main thread is there already, and keeps what it was given.
    setFlagsFromString('--max-semi-space-size=0');
    this.#worker = new Worker(new URL('./worker.js', import.meta.url), {
      name: 'planning',
      // No hooks that the process was started with: the worker needs no TypeScript, and tsx costs more than it does.
      execArgv: [],
      // Addresses and keys are none of its business.
      env: {},
      resourceLimits: { maxOldGenerationSizeMb: HEAP, maxYoungGenerationSizeMb: YOUNG },
    });
    this.#worker.on('message', (reply: unknown) => this.#take()?.resolve(reply));
    this.#worker.on('error', (error) => this.#ended(isOutOfMemory(error) ? 'memory' : 'crashed', error));
    this.#worker.on('exit', () => this.#ended('crashed'));
    this.#worker.unref();
  }

  /** Undefined while it is of use. */
  get ending(): Ending | undefined {
    return this.#ending;
  }

  /**
   * Has the thread read a supergraph, where it did not yet.
   *
   * @throws ThreadEnded, or an Error where the planner refuses the supergraph
   */
  async load(version: number, { sdl, copy }: Version): Promise<void> {
    if (this.#loaded.has(version)) return;
    const reply = (await this.#ask({ kind: 'load', version, sdl, copy }, LOADED_WITHIN)) as Loaded;
    if (!reply.loaded) throw new Error(reply.message);
    this.#loaded.add(version);
  }

  /** @throws ThreadEnded */
  async plan(version: number, text: string, within: number): Promise<Made> {
    return (await this.#ask({ kind: 'plan', version, text }, within)) as Made;
  }

  unload(version: number): void {
    if (this.#loaded.delete(version) && !this.#ending) this.#worker.postMessage({ kind: 'unload', version });
  }

  async end(ending: Ending): Promise<void> {
    this.#ended(ending);
    await this.#worker.terminate();
  }

  #ask(question: Question, within: number): Promise<unknown> {
    if (this.#open) throw new TypeError('a planning thread is asked one thing at a time');
    return new Promise((resolve, reject) => {
      if (this.#ending) {
        reject(new ThreadEnded(this.#ending));
        return;
      }
      // Where it is the main thread that was busy, the answer is here and only has to be taken.
      const late = setTimeout(() => setImmediate(() => this.#open === open && void this.end('time')), within);
      const open: Open = {
        resolve(reply) {
          clearTimeout(late);
          resolve(reply);
        },
        reject(ending) {
          clearTimeout(late);
          reject(ending);
        },
      };
      this.#open = open;
      // While somebody waits the process stays.
      this.#worker.ref();
      this.#worker.postMessage(question);
    });
  }

  #take(): Open | undefined {
    const open = this.#open;
    this.#open = undefined;
    this.#worker.unref();
    return open;
  }

  #ended(ending: Ending, cause?: unknown): void {
    this.#ending ??= ending;
    this.#take()?.reject(new ThreadEnded(this.#ending, { cause }));
  }
}

const isOutOfMemory = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
