import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';

/** Ends by itself with who started it: `process.ppid` asks the system each time. */
const TURN = 'const parent = process.ppid; while (process.ppid === parent) for (let n = 0; n < 1e6; n += 1);';

/**
 * Keeps cores from halting, by a process on each that gives way to any other at once (SCHED_IDLE). A virtual machine's core
 * that halts comes back cold: whoever often waits then pays for each wait, which says more of the machine than of the program.
 *
 * @returns how to end it; undefined where the system has no such class of processes
 */
export const keptAwake = (cores: readonly number[]): (() => Promise<void>) | undefined => {
  if (cores.length === 0 || process.platform !== 'linux' || spawnSync('chrt', ['--version']).status !== 0)
    return undefined;
  const idlers = cores.map((core) =>
    spawn('chrt', ['--idle', '0', 'taskset', '-c', String(core), process.execPath, '-e', TURN], {
      stdio: 'ignore',
      env: { ...process.env, NODE_OPTIONS: '' },
    }),
  );
  return async () => {
    await Promise.all(idlers.map(ended));
  };
};

const ended = async (idler: ChildProcess): Promise<void> => {
  if (idler.exitCode !== null || idler.signalCode !== null) return;
  const exit = once(idler, 'exit');
  idler.kill('SIGKILL');
  await exit;
};
