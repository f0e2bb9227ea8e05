import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { CommandError } from '../command-error.ts';
import { Child, type ChildEvent, runToEnd } from './child.ts';

let folder: string;
const children: Child[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'child-'));
});

afterEach(async () => {
  await Promise.all(children.splice(0).map((child) => child.stop()));
  rmSync(folder, { recursive: true, force: true });
});

const SERVES = "console.log('ready http://here'); setInterval(() => {}, 1000);";

const childOf = (script: string, tell: (event: ChildEvent) => void = () => undefined): Child => {
  const spec = { name: 'land', arguments: ['-e', script], env: process.env, logFile: join(folder, 'land.log') };
  const child = new Child(spec, tell);
  children.push(child);
  return child;
};

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  // Where nobody collects orphans (containers without an init), one that has ended stays as a zombie.
  const stat = existsSync('/proc/self/stat') ? readFileSync(`/proc/${pid}/stat`, 'utf8') : '';
  return !/\) [ZX] /.test(stat);
};

const until = async (holds: () => boolean): Promise<void> => {
  const end = Date.now() + 15_000;
  while (!holds()) {
    if (Date.now() > end) throw new Error('it did not happen');
    await wait(20);
  }
};

const pidOf = (child: Child): number => child.pid ?? Number.NaN;

test('a child is ready when it says so, and stops when asked', async () => {
  const child = childOf(SERVES);
  expect(await child.start()).toBe('http://here');
  const pid = pidOf(child);
  await child.stop();
  expect(isAlive(pid)).toBe(false);
});

test('a child that ends before it is ready shows the end of its log', async () => {
  const child = childOf("console.error('no database'); process.exit(3)");
  const error = await child.start().catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(CommandError);
  expect(error).toMatchObject({ code: 'CHILD_FAILED', detail: 'no database' });
  expect((error as CommandError).messages.en).toContain('land ended (exit 3)');
});

test('a child that is killed comes back', async () => {
  const events: ChildEvent[] = [];
  const child = childOf(SERVES, (event) => events.push(event));
  await child.start();
  const first = pidOf(child);
  process.kill(first, 'SIGKILL');
  await until(() => events.some(({ kind }) => kind === 'back'));
  expect(events).toMatchObject([{ kind: 'died', name: 'land', how: 'SIGKILL' }, { kind: 'back' }]);
  expect(pidOf(child)).not.toBe(first);
  process.kill(pidOf(child), 'SIGKILL');
  await until(() => events.length === 4);
});

test('a child that is stopped while it waits to come back stays down', async () => {
  const events: ChildEvent[] = [];
  const child = childOf(SERVES, (event) => events.push(event));
  await child.start();
  process.kill(pidOf(child), 'SIGKILL');
  await until(() => events.length === 1);
  await child.stop();
  await wait(500);
  expect(events).toHaveLength(1);
});

test('children end when their parent is killed outright', async () => {
  const parent = join(folder, 'parent.mjs');
  const pidFile = join(folder, 'pid');
  const guard = new URL('./guard.js', import.meta.url).href;
  const script = `require('node:fs').writeFileSync(${JSON.stringify(pidFile)}, String(process.pid)); setInterval(() => {}, 1000)`;
  writeFileSync(
    parent,
    `import { spawn } from 'node:child_process';
spawn(process.execPath, ['--import', ${JSON.stringify(guard)}, '-e', ${JSON.stringify(script)}], { detached: true, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });`,
  );
  const killed = spawn(process.execPath, [parent], { stdio: 'ignore' });
  const read = (): string => {
    try {
      return readFileSync(pidFile, 'utf8');
    } catch {
      return '';
    }
  };
  await until(() => read() !== '');
  const pid = Number(read());
  expect(isAlive(pid)).toBe(true);
  killed.kill('SIGKILL');
  await until(() => !isAlive(pid));
});

test('a task that fails shows the end of its log', async () => {
  const logFile = join(folder, 'seed.log');
  const spec = {
    name: 'seed',
    arguments: ['-e', "console.error('disk full'); process.exit(1)"],
    env: process.env,
    logFile,
  };
  await expect(runToEnd(spec, () => undefined)).rejects.toMatchObject({ code: 'CHILD_FAILED', detail: 'disk full' });
});
