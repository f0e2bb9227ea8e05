import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chown, mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Account, serverEnvironment } from './account.ts';
import { program } from './binaries.ts';
import { exists, makePrivate, type Place, throughWorkingFolder } from './place.ts';

/** The server's superuser. */
export const SUPERUSER = 'lienthong';

const readOrMakePassword = async (folder: string): Promise<string> => {
  const file = join(folder, 'password');
  const kept = await readFile(file, 'utf8').catch(() => undefined);
  if (kept !== undefined) return kept.trim();
  const password = randomBytes(32).toString('base64url');
  await writeFile(file, `${password}\n`, { mode: 0o600 });
  return password;
};

/** The number that the password's file has for initdb: the first after the standard streams. */
const PASSWORD_DESCRIPTOR = 3;

/** Runs initdb in a folder of its account; on Linux the password's file is handed over open, as the folder is. */
const runInitdb = async (
  { installation }: Place,
  account: Account | undefined,
  folder: string,
  passwordFile: string,
) => {
  const password = await open(passwordFile, 'r');
  try {
    const initdb = spawn(
      program(installation, 'initdb'),
      [
        `--pgdata=${throughWorkingFolder(folder)}`,
        `--username=${SUPERUSER}`,
        `--pwfile=${process.platform === 'linux' ? `/proc/self/fd/${PASSWORD_DESCRIPTOR}` : passwordFile}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        // The same on every machine, whatever locales it has; Vietnamese order is asked for by name (vi-x-icu).
        '--locale=C',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
        // Thrown away and made again if the machine stops during the first start.
        '--no-sync',
      ],
      { ...account, cwd: folder, env: serverEnvironment, stdio: ['ignore', 'ignore', 'pipe', password.fd] },
    );
    let said = '';
    initdb.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    const [code] = (await once(initdb, 'close')) as [number | null];
    if (code !== 0) throw new Error(`initdb failed (${code}):\n${said}`);
  } finally {
    await password.close();
  }
};

/** The password's file belongs to the account and exists only while initdb runs. */
const initialise = async (place: Place, account: Account | undefined, password: string) => {
  const fresh = `${place.data}.new`;
  await rm(fresh, { recursive: true, force: true });
  await makePrivate(fresh, account);
  const passwordFile = join(fresh, '.password');
  const cluster = join(fresh, 'cluster');
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  await mkdir(cluster, { mode: 0o700 });
  if (account !== undefined) {
    await chown(passwordFile, account.uid, account.gid);
    await chown(cluster, account.uid, account.gid);
  }
  await runInitdb(place, account, cluster, passwordFile);
  // Renamed only when whole: a start that is killed here begins again next time.
  await rename(cluster, place.data);
  await rm(fresh, { recursive: true, force: true });
};

/** Makes the cluster unless it exists; returns the superuser's password. */
export const ensureCluster = async (place: Place, account: Account | undefined): Promise<string> => {
  const password = await readOrMakePassword(place.folder);
  if (!(await exists(join(place.data, 'PG_VERSION')))) await initialise(place, account, password);
  return password;
};
