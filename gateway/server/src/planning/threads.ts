import type { Logger } from 'pino';

import { PublicError } from '../errors.ts';
import type { Made } from './library.js';
import type { PlanMakers } from './planner.ts';
import { busy, tooMuch } from './refusal.ts';
import { PlanningThread, ThreadEnded, type Version } from './thread.ts';

/** Threads at most: a second one lets others pass while a slow plan takes its time; more would take it from serving. */
const MAX_THREADS = 2;

/** Milliseconds that one plan holds up others before the second thread is started, and that it stays without work. */
const HELP_AFTER = 100;
const IDLE = 20_000;
/** By which a timer may be early. */
const TICK = 2;

/** Operations that may wait, and milliseconds for which: an honest burst of new ones is far smaller. */
const MAX_WAITING = 200;
const MAX_WAIT = 5_000;

/** Characters of a text that is no large one. Those wait in order; beyond it, each doubling waits for the ones before. */
const SMALL = 1_024;

/** Beyond it a crash is no accident. */
const MAX_TRIES = 2;

/** An operation to be planned; without `text`, a supergraph to be read. */
interface Job {
  readonly version: number;
  readonly text: string | undefined;
  tries: number;
  resolve(made: Made): void;
  reject(error: unknown): void;
}

/** As much of a thread as is needed here. */
export type Thread = Pick<PlanningThread, 'ending' | 'load' | 'plan' | 'unload' | 'end'>;

export interface ThreadsParts {
  /** Milliseconds for one plan. */
  readonly budget: number;
  readonly log: Logger;
  readonly startThread?: () => Thread;
}

/**
 * Where plans are made: threads of their own, so that a plan that takes seconds, or all the memory it can get, is a matter
 * of that one caller. One thread serves all versions of the supergraph: the planner's libraries weigh 30 MB and a quarter
 * of a second, a version among them 2 MB and 60 ms.
 *
 * Of what waits the smaller goes first: a caller with large operations delays nobody but callers like himself. Among texts of
 * like size it is the oldest, or the longest of many that come all the time would never be its turn.
 */
export class PlanningThreads implements PlanMakers {
  readonly #parts: ThreadsParts;
  readonly #versions = new Map<number, Version>();
  readonly #threads = new Set<Thread>();
  /** Since when each is at work on one job. */
  readonly #working = new Map<Thread, number>();
  readonly #waiting: Job[] = [];
  #lastVersion = 0;
  #help: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(parts: ThreadsParts) {
    this.#parts = parts;
    // Its libraries load while the main thread loads its own.
    this.#start();
  }

  get budget(): number {
    return this.#parts.budget;
  }

  /**
   * Has a supergraph read; returns how to name it.
   *
   * @throws Error where the planner refuses it
   */
  async load(version: Version): Promise<number> {
    const number = ++this.#lastVersion;
    this.#versions.set(number, version);
    try {
      await this.#enqueue(number, undefined);
    } catch (error) {
      this.unload(number);
      throw error;
    }
    return number;
  }

  unload(version: number): void {
    this.#versions.delete(version);
    for (const thread of this.#threads) thread.unload(version);
  }

  /** @throws PublicError LIMIT_PLANNING, PLANNING_BUSY, SHUTTING_DOWN */
  plan(version: number, text: string): Promise<Made> {
    return this.#enqueue(version, text);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#help);
    for (const job of this.#waiting.splice(0)) job.reject(new PublicError('SHUTTING_DOWN'));
    await Promise.all([...this.#threads].map((thread) => thread.end('closed')));
  }

  #enqueue(version: number, text: string | undefined): Promise<Made> {
    return new Promise((resolve, reject) => {
      if (this.#closed) reject(new PublicError('SHUTTING_DOWN'));
      else if (this.#waiting.length >= MAX_WAITING) reject(busy());
      else {
        const job: Job = { version, text, tries: 0, resolve, reject };
        this.#waiting.push(job);
        this.#pump();
        if (text !== undefined && this.#waiting.includes(job)) this.#giveUpLater(job);
      }
    });
  }

  #giveUpLater(job: Job): void {
    setTimeout(() => {
      const index = this.#waiting.indexOf(job);
      if (index < 0) return;
      this.#waiting.splice(index, 1);
      job.reject(busy());
    }, MAX_WAIT).unref();
  }

  /** Gives work to an idle thread, to a second one only while the first is held up; starts those where they are missing. */
  #pump(): void {
    for (const thread of this.#threads) {
      if (thread.ending) this.#threads.delete(thread);
      else if (this.#waiting.length > 0 && !this.#working.has(thread) && this.#isFree()) {
        void this.#work(thread, this.#next());
      }
    }
    if (this.#waiting.length === 0 || this.#closed) return;
    if (this.#threads.size === 0) {
      this.#start();
      this.#pump();
      return;
    }
    this.#help ??= setTimeout(() => {
      this.#help = undefined;
      if (this.#waiting.length === 0 || this.#closed) return;
      if (this.#threads.size < MAX_THREADS && this.#isFree()) this.#start();
      this.#pump();
    }, HELP_AFTER).unref();
  }

  /** Where many quick ones come, a second thread would only take their time, and memory, from answering. */
  #isFree(): boolean {
    const now = performance.now();
    return [...this.#working.values()].every((since) => now - since >= HELP_AFTER - TICK);
  }

  #next(): Job {
    const [next] = this.#waiting.splice(
      this.#waiting.reduce((best, job, index, all) => (sizeOf(job) < sizeOf(all[best] ?? job) ? index : best), 0),
      1,
    );
    if (!next) throw new TypeError('nothing waits to be planned');
    return next;
  }

  async #work(thread: Thread, job: Job): Promise<void> {
    this.#working.set(thread, performance.now());
    try {
      const version = this.#versions.get(job.version);
      if (!version) throw new TypeError('planned by a supergraph that was unloaded');
      await thread.load(job.version, version);
      job.resolve(job.text === undefined ? { plan: '' } : await thread.plan(job.version, job.text, this.#parts.budget));
    } catch (error) {
      if (error instanceof ThreadEnded) this.#lost(thread, job, error);
      else job.reject(error);
    } finally {
      this.#working.delete(thread);
    }
    if (this.#threads.size > 1 && !this.#closed) this.#dismiss(thread);
    this.#pump();
  }

  /** A thread is gone with a job: whether that was the job's fault, or is worth another try. */
  #lost(thread: Thread, job: Job, ended: ThreadEnded): void {
    this.#threads.delete(thread);
    if (ended.ending === 'closed') {
      job.reject(new PublicError('SHUTTING_DOWN'));
      return;
    }
    const { budget, log } = this.#parts;
    log.error({ failure: 'planning', reason: ended.ending, err: ended.cause });
    // The next caller should not wait for the libraries.
    if (this.#threads.size === 0 && !this.#closed) this.#start();
    if (job.text !== undefined && (ended.ending === 'time' || ended.ending === 'memory')) {
      job.reject(tooMuch(ended.ending, budget));
    } else if (++job.tries < MAX_TRIES && !this.#closed) this.#waiting.push(job);
    else job.reject(ended);
  }

  #start(): void {
    this.#threads.add(this.#parts.startThread?.() ?? new PlanningThread());
  }

  /** Lets the second thread go once it has been idle for a while. */
  #dismiss(thread: Thread): void {
    setTimeout(() => {
      if (this.#threads.size < 2 || this.#working.has(thread) || !this.#threads.delete(thread)) return;
      void thread.end('closed');
    }, IDLE).unref();
  }
}

/** The doublings beyond a small one. */
const sizeOf = ({ text = '' }: Job): number => Math.max(0, Math.ceil(Math.log2(text.length / SMALL)));
