import { readFile, rename, rm, writeFile } from 'node:fs/promises';

import { type Revocation, readRevocation, writeRevocation } from './revocation.ts';

/** What a process keeps on its own disk of the shared list, to start with while the store is away. */
export interface Copy {
  /** The last entry of the stream that the copy holds. */
  readonly sequence: string;
  /** The stream's own name for its life: another one means that the store lost its data. */
  readonly epoch: string;
  /** Milliseconds since the epoch when the copy was known to be complete. */
  readonly completeAt: number;
  readonly revocations: readonly Revocation[];
}

const FORMAT = 'lienthong-revocations-1';

/** Replaces the copy in one step: a process that dies meanwhile leaves the old one whole. */
export const writeCopy = async (path: string, copy: Copy): Promise<void> => {
  const { sequence, epoch, completeAt } = copy;
  const lines = [
    JSON.stringify({ format: FORMAT, sequence, epoch, completeAt }),
    ...copy.revocations.map(writeRevocation),
  ];
  const draft = `${path}.${process.pid}.draft`;
  try {
    await writeFile(draft, `${lines.join('\n')}\n`, { mode: 0o600, flush: true });
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
};

/** The copy; undefined where there is none yet. @throws where there is one that cannot be read */
export const readCopy = async (path: string): Promise<Copy | undefined> => {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  const [head = '', ...lines] = text.split('\n').filter((line) => line !== '');
  const { format, sequence, epoch, completeAt } = JSON.parse(head);
  if (
    format !== FORMAT ||
    typeof sequence !== 'string' ||
    typeof epoch !== 'string' ||
    typeof completeAt !== 'number'
  ) {
    throw new TypeError(`«${path}» is no copy of the revocation list`);
  }
  return { sequence, epoch, completeAt, revocations: lines.map(readRevocation) };
};
