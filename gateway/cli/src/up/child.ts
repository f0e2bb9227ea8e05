import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { CommandError } from '../command-error.ts';
import { root } from './folders.ts';
import { tailOf } from './log.ts';

/** A Node process of the federation. */
export interface ChildSpec {
  readonly name: string;
  /** Arguments of node. */
  readonly arguments: readonly string[];
  /** Makes the child understand TypeScript, its packages loaded first; absent for one that sees to it itself. */
  readonly preload?: 'department' | 'issuer';
  readonly env: NodeJS.ProcessEnv;
  readonly logFile: string;
}

/** What happens to a child after it was ready for the first time. */
export type ChildEvent =
  | {
      readonly kind: 'died';
      readonly name: string;
      readonly how: string;
      readonly retryMs: number;
      readonly log: string;
    }
  | { readonly kind: 'back'; readonly name: string };

const READY_MS = 120_000;
const STOP_MS = 10_000;
const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 30_000;
/** After this long alive, a death is a new one and not the last one again. */
const SETTLED_MS = 60_000;

const guard = new URL('./guard.js', import.meta.url).href;

/** The arguments of node with the guard before them. */
export const guarded = ({ preload, arguments: args }: Pick<ChildSpec, 'preload' | 'arguments'>): readonly string[] => [
  '--import',
  preload === undefined ? guard : `${guard}?preload=${preload}`,
  ...args,
];

function launch(spec: ChildSpec): ChildProcess {
  const { env, logFile } = spec;
  const log = openSync(logFile, 'a', 0o600);
  try {
    return spawn(process.execPath, guarded(spec), {
      cwd: root,
      env,
      // Detached: Ctrl-C goes to the whole foreground group, and `up` alone decides in which order things end.
      detached: true,
      stdio: ['ignore', 'pipe', log, 'ipc'],
    });
  } finally {
    closeSync(log);
  }
}

const ended = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;

const howItEnded = (child: ChildProcess): string => child.signalCode ?? `exit ${child.exitCode}`;

/** A process that is meant to live: it is started again when it dies, with growing pauses, until it is stopped. */
export class Child {
  readonly spec: ChildSpec;
  private readonly tell: (event: ChildEvent) => void;
  private process: ChildProcess | undefined;
  private stopping = false;
  private retryMs = FIRST_RETRY_MS;
  private readonly pause = new AbortController();

  constructor(spec: ChildSpec, tell: (event: ChildEvent) => void) {
    this.spec = spec;
    this.tell = tell;
  }

  get pid(): number | undefined {
    return this.process?.pid;
  }

  /**
   * Starts the process; resolves with the address of its line `ready <url>`.
   *
   * @throws CommandError with the end of its log, if it goes before it is ready
   */
  async start(): Promise<string> {
    const url = await this.run();
    const started = Date.now();
    this.process?.once('exit', () => void this.revive(started));
    if (this.process !== undefined && ended(this.process)) void this.revive(started);
    return url;
  }

  private async revive(started: number): Promise<void> {
    for (let since = started; !this.stopping; since = Date.now()) {
      if (Date.now() - since > SETTLED_MS) this.retryMs = FIRST_RETRY_MS;
      const { name, logFile } = this.spec;
      const how = this.process === undefined ? '' : howItEnded(this.process);
      this.tell({ kind: 'died', name, how, retryMs: this.retryMs, log: tailOf(logFile) });
      await wait(this.retryMs, undefined, { signal: this.pause.signal }).catch(() => undefined);
      this.retryMs = Math.min(this.retryMs * 2, LAST_RETRY_MS);
      if (this.stopping) return;
      try {
        await this.start();
        this.tell({ kind: 'back', name });
        return;
      } catch (error) {
        if (!(error instanceof CommandError)) throw error;
      }
    }
  }

  private run(): Promise<string> {
    const child = launch(this.spec);
    this.process = child;
    return new Promise((resolve, reject) => {
      const fail = (vi: string, en: string): void => {
        clearTimeout(timer);
        reject(childFailed(this.spec, vi, en));
      };
      const timer = setTimeout(() => {
        child.kill('SIGKILL');
        fail('không sẵn sàng sau 2 phút', 'was not ready after 2 minutes');
      }, READY_MS);
      child.once('error', (error) => fail(`không khởi động được: ${error.message}`, `did not start: ${error.message}`));
      child.once('exit', () => fail(`đã dừng (${howItEnded(child)})`, `ended (${howItEnded(child)})`));
      const lines = child.stdout === null ? undefined : createInterface({ input: child.stdout });
      lines?.on('line', (line) => {
        const url = /^ready (\S+)$/.exec(line)?.[1];
        if (url === undefined) return this.note(line);
        clearTimeout(timer);
        child.removeAllListeners('exit');
        resolve(url);
      });
    });
  }

  /** Whatever a child prints besides its ready line belongs to its log. */
  private note(line: string): void {
    const log = openSync(this.spec.logFile, 'a', 0o600);
    writeSync(log, `${line}\n`);
    closeSync(log);
  }

  /** Ends the process for good: asked first, killed if it does not listen. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.pause.abort();
    const child = this.process;
    if (child === undefined || child.pid === undefined || ended(child)) return;
    const exit = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    await exit;
    clearTimeout(timer);
  }

  /** Ends the process at once: whoever presses Ctrl-C twice means it. */
  kill(): void {
    if (this.process?.pid !== undefined && !ended(this.process)) this.process.kill('SIGKILL');
  }
}

/** Runs a process to its end. @throws CommandError with the end of its log, unless it exits with 0 */
export async function runToEnd(spec: ChildSpec, started: (child: ChildProcess) => void): Promise<void> {
  const child = launch(spec);
  started(child);
  child.stdout?.resume();
  await new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  if (child.exitCode === 0) return;
  throw childFailed(spec, `thất bại (${howItEnded(child)})`, `failed (${howItEnded(child)})`);
}

function childFailed({ name, logFile }: ChildSpec, vi: string, en: string): CommandError {
  return new CommandError(
    'CHILD_FAILED',
    { vi: `${name} ${vi}. Cuối nhật ký ${logFile}:`, en: `${name} ${en}. The end of its log ${logFile}:` },
    tailOf(logFile),
  );
}
