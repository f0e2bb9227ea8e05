import { spawnSync } from 'node:child_process';
import { chmod, chown, cp, mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { type Account, canEnter } from './account.ts';
import { type Installation, installedBinaries } from './binaries.ts';

/** Where a cluster lives. */
export interface Place {
  /** The caller's folder: password, owner, data. */
  readonly folder: string;
  /** Only the server's account may enter it, and perhaps cannot pass the folders above: see `throughWorkingFolder`. */
  readonly data: string;
  readonly installation: Installation;
}

/** Root's room for the programs, where a closed checkout would hide them from the server's account. */
const SHARED_ROOM = '/var/lib/lienthong/postgresql';

export const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/**
 * The installation, where the account can run it. Copies belong to root and cannot be changed by the account: a server
 * that is broken into must not choose what the next one executes.
 */
const reachableInstallation = async (account: Account | undefined): Promise<Installation> => {
  const installed = installedBinaries();
  if (canEnter(join(installed.folder, 'bin'), account)) return installed;
  await openSharedRoom();
  const folder = join(SHARED_ROOM, installed.version);
  if (!(await exists(folder))) {
    const copy = await mkdtemp(join(SHARED_ROOM, 'copy-'));
    const whole = join(copy, 'native');
    await cp(installed.folder, whole, { recursive: true, verbatimSymlinks: true });
    // Whoever installed with a tight umask closed the files to the account.
    spawnSync('chmod', ['-R', 'a+rX,go-w', whole]);
    // Renamed only when whole; another process that was faster has made the same one.
    await rename(whole, folder).catch(async (error: unknown) => {
      if (!(await exists(folder))) throw error;
    });
    await rm(copy, { recursive: true, force: true });
  }
  return { ...installed, folder };
};

/** Made by root, closed to writing by others; `chmod` because a umask may have taken the way through away. */
const openSharedRoom = async () => {
  await mkdir(SHARED_ROOM, { recursive: true });
  await chmod(dirname(SHARED_ROOM), 0o755);
  await chmod(SHARED_ROOM, 0o755);
};

/**
 * A folder as PostgreSQL is told of it when it is also the working folder of the process. Root hands the folder over
 * open, so to speak: the account works in it without being able to pass a closed checkout above it (mode 0700, /root).
 */
export const throughWorkingFolder = (folder: string): string =>
  process.platform === 'linux' ? '/proc/self/cwd' : folder;

/** Prepares the folder of a cluster and decides where the programs are. */
export const preparePlace = async (requested: string, account: Account | undefined): Promise<Place> => {
  const folder = resolve(requested);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const installation = await reachableInstallation(account);
  return { folder, data: join(folder, 'data'), installation };
};

/** An empty folder only the server's account may enter. */
export const makePrivate = async (folder: string, account: Account | undefined): Promise<void> => {
  await mkdir(dirname(folder), { recursive: true });
  await mkdir(folder, { mode: 0o700 });
  if (account !== undefined) await chown(folder, account.uid, account.gid);
};
