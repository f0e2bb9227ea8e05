import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Of `/proc/PID/stat`: Linux counts in hundredths of a second, whatever its timer does. */
const TICK_MS = 10;

/**
 * Milliseconds of processor time that an embedded PostgreSQL has taken since its start, all of its processes together; undefined
 * where the system does not tell (it takes Linux' `/proc`).
 *
 * @param folder that it was started in
 */
export const storeCpu = (folder: string): number | undefined => {
  try {
    const [postmaster = ''] = readFileSync(join(folder, 'data', 'postmaster.pid'), 'utf8').split('\n');
    return timesOf(postmaster).reduce((sum, each) => sum + each, 0) * TICK_MS;
  } catch {
    return undefined;
  }
};

/** Of a process, of those that it has waited for, and of its children. */
const timesOf = (postmaster: string): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      const fields = statOf(pid);
      const isParent = pid === postmaster;
      if (!isParent && fields[1] !== postmaster) return [];
      const [user, system, usersOfEnded, systemOfEnded] = fields.slice(11, 15).map(Number);
      return [user, system, ...(isParent ? [usersOfEnded, systemOfEnded] : [])].map((ticks) => ticks ?? 0);
    });

/** From the third field on: the second, the program's name in brackets, may hold anything. Empty where it has just ended. */
const statOf = (pid: string): readonly string[] => {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return [];
  }
};
