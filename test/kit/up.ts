import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { repository } from './process.ts';

/** The parts of up.json that journeys look at. */
export interface UpState {
  readonly urls: {
    readonly gateway: string;
    readonly console: string;
    readonly issuer: string;
    readonly metrics: string;
  };
  readonly ports: Readonly<Record<string, number>>;
  readonly processes: Readonly<Record<string, number>>;
}

/** `lienthong up`, as somebody runs it. */
export interface Up {
  readonly process: ChildProcess;
  readonly state: UpState;
  readonly stdout: () => string;
  readonly stderr: () => string;
}

/** A data folder, and everything that `lienthong up` starts in it, on free ports. */
export interface Ups {
  readonly data: string;
  readonly environment: () => NodeJS.ProcessEnv;
  readonly start: () => Promise<Up>;
  /** Ends what runs still, and deletes the folder. */
  readonly close: () => Promise<void>;
}

export const command = join(repository, 'gateway/cli/bin/lienthong.js');

export const PATIENCE_MS = 120_000;

/** Waits for something that takes as long as a busy machine takes. */
export const until = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
  const last = Date.now() + PATIENCE_MS;
  while (!(await holds())) {
    if (Date.now() > last) throw new Error('it did not happen in time');
    await wait(50);
  }
};

/** Ends a process; its exit code, or null if a signal ended it. */
export const end = async (up: ChildProcess, signal: NodeJS.Signals): Promise<number | null> => {
  if (up.exitCode !== null || up.signalCode !== null) return up.exitCode;
  const exit = new Promise<number | null>((resolve) => up.once('exit', resolve));
  up.kill(signal);
  return exit;
};

/** What the command has transformed from TypeScript in this checkout so far. */
const transformed = join(repository, '.data/typescript');

/** `fresh`: the folder is empty, as on the first day; otherwise it holds transformed code, which saves each start seconds. */
export const ups = (settings: Readonly<Record<string, string>> = {}, { fresh = false } = {}): Ups => {
  const data = mkdtempSync(join(tmpdir(), 'lienthong-up-'));
  if (!fresh && existsSync(transformed)) {
    // Without the drafts of processes that start at this moment: they are gone before they are copied.
    const filter = (file: string) => file === transformed || file.endsWith('.mjs');
    cpSync(transformed, join(data, 'typescript'), { recursive: true, filter });
  }
  const started: ChildProcess[] = [];
  const environment = () => ({ ...process.env, LANG: 'C', ...settings, LIENTHONG_DATA: data });
  return {
    data,
    environment,
    async start() {
      const up = spawn(process.execPath, [command, 'up', '--ports', 'auto', '--citizens', '200'], {
        cwd: repository,
        env: environment(),
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      started.push(up);
      let stdout = '';
      let stderr = '';
      up.stdout.on('data', (chunk) => {
        stdout += chunk;
      });
      up.stderr.on('data', (chunk) => {
        stderr += chunk;
      });
      await until(() => {
        if (up.exitCode !== null) throw new Error(`up ended:\n${stderr}`);
        return stdout.includes('Ctrl-C');
      });
      const state = JSON.parse(readFileSync(join(data, 'up.json'), 'utf8')) as UpState;
      return { process: up, state, stdout: () => stdout, stderr: () => stderr };
    },
    async close() {
      await Promise.all(started.map((up) => end(up, 'SIGTERM')));
      rmSync(data, { recursive: true, force: true });
    },
  };
};
