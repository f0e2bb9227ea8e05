import { readFileSync } from 'node:fs';

/** How often to look, in milliseconds. */
const LOOK_MS = 1_000;

/** The parent of a process, where the system tells (Linux). */
function parentOf(pid: number): number | undefined {
  try {
    // The program's name stands in parentheses and may hold anything; state and parent follow it.
    const [, parent] = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return Number(parent);
  } catch {
    return undefined;
  }
}

/** Our parent and its parent: between npm and us there may be a shell. */
const ancestors = (): string => `${process.ppid} ${parentOf(process.ppid) ?? ''}`;

/** Calls back when npm, which started us, is gone: it may be killed without telling its children. */
export function whenNpmIsGone(gone: () => void): void {
  if (process.env.npm_lifecycle_event === undefined) return;
  const before = ancestors();
  const timer = setInterval(() => {
    if (ancestors() === before) return;
    clearInterval(timer);
    gone();
  }, LOOK_MS);
  timer.unref();
}
