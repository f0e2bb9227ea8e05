import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommandError } from '../command-error.ts';

/** The data folder, held by this process. */
export interface Lock {
  /** A previous run was cut off: its processes may need a moment to notice and end. */
  readonly interrupted: boolean;
  release(): void;
}

/** Takes the data folder; two federations on the same databases would destroy each other. */
export function takeLock(data: string): Lock {
  const file = join(data, 'up.lock');
  let interrupted = false;
  for (;;) {
    try {
      writeFileSync(file, `${process.pid}\n`, { flag: 'wx', mode: 0o600 });
      return { interrupted, release: () => rmSync(file, { force: true }) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const pid = Number(readFileSync(file, 'utf8'));
    if (isOurs(pid)) {
      throw new CommandError('ALREADY_RUNNING', {
        vi: `Liên Thông đang chạy trên ${data} (tiến trình ${pid}). Dùng bản đang chạy, dừng nó (kill ${pid}), hoặc đặt LIENTHONG_DATA sang thư mục khác.`,
        en: `Liên Thông is already running on ${data} (process ${pid}). Use it, stop it (kill ${pid}), or set LIENTHONG_DATA to another folder.`,
      });
    }
    interrupted = true;
    rmSync(file, { force: true });
  }
}

/** Whether the process lives and is one of ours: after a reboot another program may have the number. */
export function isOurs(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('lienthong');
  } catch {
    return true;
  }
}
