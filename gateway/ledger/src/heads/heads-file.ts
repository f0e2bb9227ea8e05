import { appendFile, open } from 'node:fs/promises';

/** More than a head ever takes. */
const TAIL = 16 * 1024;

/** The last line of a file of heads; undefined where there is none yet. What a crash cut off is removed: nobody relied on it. */
export const lastLine = async (file: string): Promise<string | undefined> => {
  const handle = await open(file, 'a+');
  try {
    const { size } = await handle.stat();
    const from = Math.max(0, size - TAIL);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(size - from), 0, size - from, from);
    const lines = buffer.toString('latin1', 0, bytesRead).split('\n');
    const rest = lines.pop() ?? '';
    if (rest !== '') await handle.truncate(size - rest.length);
    return lines.findLast((line) => line !== '');
  } finally {
    await handle.close();
  }
};

/** Adds a head, for witnesses to fetch and for this signer to remember what it signed. */
export const addLine = (file: string, jws: string): Promise<void> => appendFile(file, `${jws}\n`, { flush: true });
