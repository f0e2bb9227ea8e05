import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const repository = fileURLToPath(new URL('../..', import.meta.url));

/** Where the global set-up of the tests has built the programs; benchmarks and campaigns start them from their sources. */
const built = process.env.LIENTHONG_TEST_BUILT;

/**
 * What node is given before a file in TypeScript: the loader with which `lienthong up` starts its children. Each process
 * takes half the processor time that it takes under tsx, with which the services of deploy/production are started, and the
 * tests of `@lienthong/kit`, `@lienthong/issuer` and `@lienthong/disclosures`.
 */
export const typescript = (preload: 'department' | 'issuer'): readonly string[] =>
  built === undefined ? ['--import', `./gateway/cli/src/up/guard.js?preload=${preload}`] : [];

/**
 * A gateway that lives for a few seconds spends a third of its processor time on compiling and tidying up for a long life:
 * V8 optimises code that has run longer than it usually does, and begins with more room for young objects (MiB).
 */
const SHORT_LIVED = ['--interrupt-budget=600000', '--min-semi-space-size=8'];

const COMMAND = 'gateway/cli/bin/lienthong.js';

/** A built program in place of its source; anything else as it is. */
const command = (args: readonly string[]): string[] => {
  const [source = ''] = args;
  if (built === undefined || !existsSync(join(built, source.replace(/[jt]s$/, 'mjs')))) return [...args];
  return [...(source === COMMAND ? SHORT_LIVED : []), join(built, 'run.mjs'), ...args];
};

/** A process of the product, started as an operator would start it. */
export interface Running {
  /** From its `ready URL` line. */
  readonly url: string;
  readonly child: ChildProcess;
  /** Everything it has written to stderr so far. */
  readonly log: () => string;
  /** SIGTERM, and SIGKILL when that is not heard within 10 s; resolves with the exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** Milliseconds; a cold start of a process takes a few seconds, and a minute on a machine that does ten things at once. */
const READY_WITHIN = 180_000;
const STOP_WITHIN = 10_000;

/** Runs `node ARGS` in the repository until it prints `ready URL`; its end before that is an error with its log. */
export const start = async (args: readonly string[], env: NodeJS.ProcessEnv): Promise<Running> => {
  const child = spawn(process.execPath, command(args), {
    cwd: repository,
    env: { ...process.env, NODE_OPTIONS: '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    log += text;
  });
  const url = await ready(child, () => `${args.join(' ')}:\n${log}`);
  return { url, child, log: () => log, stop: (signal) => stop(child, signal) };
};

/** Waits until a process has logged a text that many times; its log comes through a pipe, after what it tells of. */
export const logged = async ({ log }: Running, text: string, times = 1): Promise<void> => {
  const deadline = Date.now() + READY_WITHIN;
  while (log().split(text).length - 1 < times) {
    if (Date.now() > deadline) throw new Error(`«${text}» was not logged ${times} times: ${log()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

/** Runs `node ARGS` to its end. */
export const run = async (
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }> => {
  const child = spawn(process.execPath, command(args), {
    cwd: repository,
    env: { ...process.env, NODE_OPTIONS: '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    output.stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    output.stderr += text;
  });
  const [code] = await once(child, 'close');
  return { code, ...output };
};

const ready = (child: ChildProcess, describe: () => string): Promise<string> =>
  new Promise((resolve, reject) => {
    let output = '';
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`not ready within ${READY_WITHIN} ms: ${describe()}`));
    }, READY_WITHIN);
    child.once('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`ended with ${code} before it was ready: ${describe()}`));
    });
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      const url = /^ready (\S+)$/m.exec(output)?.[1];
      if (!url) return;
      clearTimeout(timer);
      resolve(url);
    });
  });

const stop = async (child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> => {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const ended = once(child, 'exit');
  child.kill(signal);
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN);
  const [code] = await ended;
  clearTimeout(timer);
  return code;
};
