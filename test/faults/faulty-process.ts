import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import type { Behaviour, FaultyOrder, FaultyReport } from './faulty-department.ts';

/** The faulty department as its tests hold it. */
export class FaultyProcess {
  #child: ChildProcess | undefined;
  #port = 0;

  get url(): string {
    return `http://127.0.0.1:${this.#port}/graphql`;
  }

  /** At the address that it had before, if it had one. */
  async start(): Promise<void> {
    const file = fileURLToPath(new URL('faulty-department.ts', import.meta.url));
    this.#child = fork(file, [String(this.#port)], {
      execArgv: ['--import', 'tsx'],
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    this.#port = await this.#report();
  }

  /** Resolves when it does so. */
  async behave(behaviour: Behaviour): Promise<void> {
    const order: FaultyOrder = { behave: behaviour };
    this.#child?.send(order);
    await this.#report();
  }

  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#child?.kill(signal);
  }

  async kill(): Promise<void> {
    if (!this.#child || this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await ended;
  }

  async #report(): Promise<number> {
    if (!this.#child) throw new Error('the department was not started');
    const [{ port }] = (await once(this.#child, 'message')) as [FaultyReport];
    return port;
  }
}
