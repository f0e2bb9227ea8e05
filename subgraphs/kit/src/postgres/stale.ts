import { spawnSync } from 'node:child_process';
import { readFile, readlink, realpath, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { StartError } from '../start-error.ts';
import type { Place } from './place.ts';

const STOP_MS = 15_000;
const POLL_MS = 50;

/** The command line of a process, '' if it has ended: a process id alone may by now be somebody else's. */
const commandOf = async (pid: number): Promise<string> => {
  if (process.platform === 'linux') {
    return readFile(`/proc/${pid}/cmdline`, 'utf8').then(
      (text) => text.replaceAll('\0', ' '),
      () => '',
    );
  }
  return spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout ?? '';
};

/** Whether a process is the server of this data: on Linux its working folder says so, elsewhere its command line. */
const servesData = async (pid: number, data: string): Promise<boolean> => {
  const command = await commandOf(pid);
  if (process.platform !== 'linux') return command.includes(data);
  const folder = await readlink(`/proc/${pid}/cwd`).catch(() => undefined);
  return command.includes('postgres') && folder === (await realpath(data));
};

const ownerFile = ({ folder }: Place) => join(folder, 'owner.json');

/** Notes which process is responsible for the server. */
export const claim = async (place: Place): Promise<void> => {
  const owner = { pid: process.pid, command: await commandOf(process.pid) };
  await writeFile(ownerFile(place), `${JSON.stringify(owner)}\n`, { mode: 0o600 });
};

export const release = (place: Place): Promise<void> => rm(ownerFile(place), { force: true });

const livingOwner = async (place: Place): Promise<number | undefined> => {
  try {
    const owner: unknown = JSON.parse(await readFile(ownerFile(place), 'utf8'));
    if (typeof owner !== 'object' || owner === null || !('pid' in owner) || !('command' in owner)) return undefined;
    if (typeof owner.pid !== 'number') return undefined;
    return owner.pid !== process.pid && owner.command === (await commandOf(owner.pid)) ? owner.pid : undefined;
  } catch {
    // No file, or one cut off by a crash: nobody owns the server.
    return undefined;
  }
};

/**
 * Deals with what an earlier owner left: refuses to disturb one that lives, stops a server whose owner was killed, and
 * removes a pid file that names no server of this cluster (after a crash or a restart of the machine).
 */
export const clearLeftovers = async (place: Place): Promise<void> => {
  const owner = await livingOwner(place);
  if (owner !== undefined) {
    throw new StartError({
      vi: `Dữ liệu ở ${place.folder} đang được tiến trình ${owner} dùng. Hãy dừng tiến trình đó trước.`,
      en: `The data in ${place.folder} is in use by process ${owner}. Stop that process first.`,
    });
  }
  const pidFile = join(place.data, 'postmaster.pid');
  const pid = Number.parseInt(await readFile(pidFile, 'utf8').catch(() => ''), 10);
  if (!(pid > 0)) return;
  for (let waited = 0; await servesData(pid, place.data); waited += POLL_MS) {
    // A fast shutdown; if that does not do, an immediate one, from which the next start recovers.
    if (waited === 0) process.kill(pid, 'SIGINT');
    if (waited === STOP_MS) process.kill(pid, 'SIGQUIT');
    if (waited > 2 * STOP_MS) throw new Error(`the PostgreSQL server ${pid} of ${place.data} does not stop`);
    await wait(POLL_MS);
  }
  await rm(pidFile, { force: true });
};
