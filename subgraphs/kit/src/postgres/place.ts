import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmod, chown, cp, mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { StartError } from '../start-error.ts';
import { type Account, canEnter } from './account.ts';
import { type Installation, installedBinaries } from './binaries.ts';

/** Where a cluster lives: what the caller sees, and what the server's account must be able to reach. */
export interface Place {
  /** The caller's folder: password, owner, and a note of where the data is. */
  readonly folder: string;
  readonly data: string;
  readonly installation: Installation;
}

/** Root's room for what the server's account must reach and a closed checkout would hide. */
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

/** The folder for the data: below the caller's, or in the shared room if the account cannot get there. */
const reachableData = async (folder: string, account: Account | undefined): Promise<string> => {
  const note = join(folder, 'data-is-in');
  const noted = await readFile(note, 'utf8').catch(() => undefined);
  if (noted !== undefined) return noted.trim();
  const below = join(folder, 'data');
  if (canEnter(folder, account)) return below;
  if (await exists(below)) {
    throw new StartError({
      vi: `Tài khoản postgres không còn vào được ${below}. Hãy mở quyền đi qua các thư mục cha (chmod o+x), hoặc xóa ${folder} để làm lại từ đầu.`,
      en: `The account postgres can no longer reach ${below}. Let it pass the folders above (chmod o+x), or delete ${folder} to start afresh.`,
    });
  }
  // A new name each time: whoever deletes his folder wants to start afresh, and one that was moved keeps its note.
  const elsewhere = join(SHARED_ROOM, `data-${randomUUID()}`);
  await writeFile(note, `${elsewhere}\n`, { mode: 0o600 });
  return elsewhere;
};

/** Made by root, closed to writing by others; `chmod` because a umask may have taken the way through away. */
const openSharedRoom = async () => {
  await mkdir(SHARED_ROOM, { recursive: true });
  await chmod(dirname(SHARED_ROOM), 0o755);
  await chmod(SHARED_ROOM, 0o755);
};

/** Prepares the folders of a cluster and decides where data and programs are. */
export const preparePlace = async (requested: string, account: Account | undefined): Promise<Place> => {
  const folder = resolve(requested);
  const isNew = !(await exists(folder));
  // Another account must pass through, but may not list what is here.
  if (isNew) await mkdir(folder, { recursive: true, mode: account === undefined ? 0o700 : 0o711 });
  if (account !== undefined) await openSharedRoom();
  const installation = await reachableInstallation(account);
  const data = await reachableData(folder, account);
  return { folder, data, installation };
};

/** An empty folder only the server's account may enter. */
export const makePrivate = async (folder: string, account: Account | undefined): Promise<void> => {
  await mkdir(dirname(folder), { recursive: true });
  await mkdir(folder, { mode: 0o700 });
  if (account !== undefined) await chown(folder, account.uid, account.gid);
};
