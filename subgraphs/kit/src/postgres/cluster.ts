import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Account, serverEnvironment } from './account.ts';
import { program } from './binaries.ts';
import { exists, makePrivate, type Place } from './place.ts';

const run = promisify(execFile);

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

/** initdb reads the password from a file, as the server's account; it exists only while initdb runs. */
const initialise = async ({ installation, data }: Place, account: Account | undefined, password: string) => {
  const fresh = `${data}.new`;
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
  await run(
    program(installation, 'initdb'),
    [
      `--pgdata=${cluster}`,
      `--username=${SUPERUSER}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      // The same on every machine, whatever locales it has; Vietnamese order is asked for by name (vi-x-icu).
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      // Thrown away and made again if the machine stops during the first start.
      '--no-sync',
    ],
    { ...account, cwd: '/', env: serverEnvironment },
  );
  // Renamed only when whole: a start that is killed here begins again next time.
  await rename(cluster, data);
  await rm(fresh, { recursive: true, force: true });
};

/** Makes the cluster unless it exists; returns the superuser's password. */
export const ensureCluster = async (place: Place, account: Account | undefined): Promise<string> => {
  const password = await readOrMakePassword(place.folder);
  if (!(await exists(join(place.data, 'PG_VERSION')))) await initialise(place, account, password);
  return password;
};
