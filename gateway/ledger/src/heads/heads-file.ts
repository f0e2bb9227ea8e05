import { appendFile, open } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';

/** More than a head ever takes. */
const TAIL = 16 * 1024;
/** Milliseconds after which nobody is writing a line any more that was begun before: it is one call of some hundred bytes. */
const WRITING = 500;

/** The last whole line of a file of heads; undefined where there is none yet. Behind it another process may be writing. */
export const lastLine = async (file: string): Promise<string | undefined> =>
  (await tailOf(file)).lines.findLast((line) => line.trim() !== '');

/**
 * Adds a head, for witnesses to fetch and for this signer to remember what it signed.
 *
 * @param written waits until lines that were begun are whole
 */
export const addLine = async (file: string, jws: string, written = () => pause(WRITING)): Promise<void> => {
  const { rest, at } = await tailOf(file);
  if (rest !== '') {
    await written();
    const later = await tailOf(file);
    if (later.rest === rest && later.at === at) await blank(file, at, rest.length);
  }
  await appendFile(file, `${jws}\n`, { flush: true });
};

interface Tail {
  readonly lines: readonly string[];
  /** What stands behind the last whole line, and where it begins. */
  readonly rest: string;
  readonly at: number;
}

const tailOf = async (file: string): Promise<Tail> => {
  const handle = await open(file, 'a+');
  try {
    const { size } = await handle.stat();
    const from = Math.max(0, size - TAIL);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(size - from), 0, size - from, from);
    const lines = buffer.toString('latin1', 0, bytesRead).split('\n');
    const rest = lines.pop() ?? '';
    return { lines, rest, at: from + bytesRead - rest.length };
  } finally {
    await handle.close();
  }
};

/** What a crash cut off is no line, and nobody relied on it. It is not cut from the file: another process may add its own behind it. */
const blank = async (file: string, at: number, length: number): Promise<void> => {
  const handle = await open(file, 'r+');
  try {
    await handle.write(`${' '.repeat(length - 1)}\n`, at);
  } finally {
    await handle.close();
  }
};
