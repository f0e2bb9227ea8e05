/**
 * The processes of the benchmark. Each is a file of this folder, pinned to a core where the system can, and talks with
 * the rig over Node's own channel: it says once that it is ready, then answers questions.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** What a process may be asked, by name. */
export type Questions = Readonly<Record<string, (input: never) => unknown>>;

type Input<Q extends Questions, K extends keyof Q> = Parameters<Q[K]>[0];
type Output<Q extends Questions, K extends keyof Q> = Awaited<ReturnType<Q[K]>>;

export interface Part<Ready, Q extends Questions> {
  readonly ready: Ready;
  readonly pid: number;
  ask<K extends keyof Q & string>(kind: K, input: Input<Q, K>): Promise<Output<Q, K>>;
  stop(): Promise<void>;
}

/** A part that cannot be measured here, and says why: not installed, not in this version. */
export class NotMeasured extends Error {}

export interface PartOptions {
  /** The file, from this folder. */
  readonly file: string;
  readonly input: unknown;
  readonly cores: readonly number[];
  readonly nodeOptions?: readonly string[];
  /** What makes Node understand TypeScript: a module to import first. */
  readonly loader?: string;
  readonly env?: NodeJS.ProcessEnv;
}

type Message =
  | { readonly kind: 'ready'; readonly ready: unknown }
  | { readonly kind: 'not measured'; readonly why: string }
  | { readonly kind: 'answer'; readonly id: number; readonly output?: unknown; readonly error?: string };

/** Milliseconds that a part may take to start, on a busy machine. */
const READY_WITHIN = 60_000;

/** Characters of what a part wrote to stderr, for the message of its end. */
const LOG_KEPT = 4_000;

/** @throws NotMeasured where the part says so itself */
export const startPart = async <Ready, Q extends Questions>(options: PartOptions): Promise<Part<Ready, Q>> => {
  const { file, input, cores, nodeOptions = [], loader = 'tsx', env = {} } = options;
  const node = [process.execPath, ...nodeOptions, '--import', loader, fileURLToPath(new URL(file, import.meta.url))];
  const [command = '', ...args] = cores.length > 0 ? ['taskset', '-c', cores.join(','), ...node] : node;
  const child = spawn(command, args, {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: { ...process.env, NODE_OPTIONS: '', NODE_ENV: 'production', ...env },
  });
  let log = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    log = (log + text).slice(-LOG_KEPT);
  });
  const waiting = new Map<number, { resolve(output: unknown): void; reject(error: Error): void }>();
  let ended: Error | undefined;
  const fail = (error: Error): void => {
    ended = error;
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  const ready = await new Promise<unknown>((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`${file} was not ready within ${READY_WITHIN} ms`));
    }, READY_WITHIN);
    child.on('exit', (code, signal) => {
      clearTimeout(timer);
      const error = new Error(`${file} ended with ${code ?? signal}\n${log}`);
      reject(error);
      fail(error);
    });
    child.on('message', (message: Message) => {
      if (message.kind === 'ready') resolve(message.ready);
      else if (message.kind === 'not measured') reject(new NotMeasured(message.why));
      else if (message.error !== undefined) waiting.get(message.id)?.reject(new Error(`${file}: ${message.error}`));
      else waiting.get(message.id)?.resolve(message.output);
      if (message.kind === 'answer') waiting.delete(message.id);
      else clearTimeout(timer);
    });
    child.send({ input });
  });
  let asked = 0;
  return {
    ready: ready as Ready,
    pid: child.pid ?? 0,
    ask: (kind, question) =>
      new Promise((resolve, reject) => {
        if (ended) {
          reject(ended);
          return;
        }
        const id = ++asked;
        waiting.set(id, { resolve: (output) => resolve(output as never), reject });
        child.send({ id, kind, input: question }, (error) => error && reject(error));
      }),
    stop: () => stop(child),
  };
};

const stop = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  // Nothing of it is worth keeping, and a gateway that drains would only take time.
  child.kill('SIGKILL');
  await ended;
};

/** The child's side: starts the part with the rig's input, says that it is ready, answers questions until the rig ends. */
export const runPart = <In, Ready, Q extends Questions>(
  start: (input: In) => Promise<{ readonly ready: Ready; readonly questions: Q }>,
): void => {
  const tell = (message: Message): void => {
    process.send?.(message);
  };
  process.on('disconnect', () => process.exit(0));
  process.once('message', async (first: { readonly input: In }) => {
    try {
      const { ready, questions } = await start(first.input);
      process.on('message', async ({ id, kind, input }: { id: number; kind: string; input: never }) => {
        try {
          tell({ kind: 'answer', id, output: await questions[kind]?.(input) });
        } catch (error) {
          tell({ kind: 'answer', id, error: String(error) });
        }
      });
      tell({ kind: 'ready', ready });
    } catch (error) {
      if (!(error instanceof NotMeasured)) throw error;
      process.send?.({ kind: 'not measured', why: error.message } satisfies Message, () => process.exit(0));
    }
  });
};

/** The cores of the gateway and of all else; empty where there are fewer than two, or nothing to pin with. */
export const pinning = (): { readonly gateway: readonly number[]; readonly others: readonly number[] } => {
  const none = { gateway: [], others: [] };
  if (process.platform !== 'linux' || spawnSync('taskset', ['-V']).status !== 0) return none;
  const cores = allowedCores()
    .split(',')
    .flatMap((range) => {
      const [from = Number.NaN, to = from] = range.split('-').map(Number);
      return Array.from({ length: to - from + 1 }, (_, n) => from + n);
    });
  const [first, ...others] = cores;
  return first === undefined || others.length === 0 ? none : { gateway: [first], others };
};

/** What is started meanwhile, and whatever that starts in its turn, runs on these cores alone. */
export const startedOn = async <T>(cores: readonly number[], start: () => Promise<T>): Promise<T> => {
  if (cores.length === 0) return await start();
  const before = allowedCores();
  const keepTo = (list: string): void => {
    const { status, stderr } = spawnSync('taskset', ['-p', '-c', list, String(process.pid)], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`this process cannot be kept to cores ${list}: ${stderr}`);
  };
  keepTo(cores.join(','));
  try {
    return await start();
  } finally {
    keepTo(before);
  }
};

const allowedCores = (): string =>
  /^Cpus_allowed_list:\s*(\S+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '';
