import { spawnSync } from 'node:child_process';
import { StartError } from '../start-error.ts';

/** The user and group a server runs as; absent when it is the user who starts it. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

const NAME = 'postgres';

const idOf = (flag: '-u' | '-g'): number => {
  const { status, stdout } = spawnSync('id', [flag, NAME], { encoding: 'utf8' });
  return status === 0 ? Number.parseInt(stdout, 10) : Number.NaN;
};

const find = (): Account | undefined => {
  const account = { uid: idOf('-u'), gid: idOf('-g') };
  return account.uid > 0 && account.gid > 0 ? account : undefined;
};

/**
 * Whom to run the server as. PostgreSQL refuses to be root, so root lends it the account `postgres`, which is made
 * (no home, no shell, no password) on a machine that has none.
 */
export const serverAccount = (): Account | undefined => {
  if (process.getuid?.() !== 0) return undefined;
  const existing = find();
  if (existing !== undefined) return existing;
  spawnSync('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', NAME]);
  const created = find();
  if (created !== undefined) return created;
  throw new StartError({
    vi: 'PostgreSQL không chạy được dưới quyền root và không tạo được tài khoản `postgres`. Hãy tạo tài khoản đó, hoặc chạy bằng người dùng thường.',
    en: 'PostgreSQL does not run as root, and the account `postgres` could not be created. Create it, or run as an ordinary user.',
  });
};

/** The environment of the server: nothing of ours, so that no secret or stray PGDATA reaches it. */
export const serverEnvironment = { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };

/** Whether the account can enter a folder, tried rather than worked out from mode bits. */
export const canEnter = (folder: string, account: Account | undefined): boolean =>
  spawnSync('/bin/sh', ['-c', 'cd "$1"', 'sh', folder], { ...account, cwd: '/', env: serverEnvironment }).status === 0;
