import { type FileHandle, open } from 'node:fs/promises';

import type { StateLog } from '../log.ts';
import { StateUnavailable } from '../unavailable.ts';
import type { RevocationList } from './index.ts';
import { KnownRevocations } from './memory.ts';
import { type Revocation, readRevocation, writeRevocation } from './revocation.ts';

/** Milliseconds between two looks: with the read itself well under the second within which a revocation must count. */
const LOOK_EVERY = 200;

/**
 * A list in a file of JSON Lines that the processes of one machine share: written by appending, read on from where the
 * last look ended. The file is made when it is missing.
 *
 * @throws StateUnavailable when the file can be neither read nor made now: a wrong path is a fault of the configuration
 */
export const fileRevocations = async (path: string, log: StateLog, now: () => number): Promise<RevocationList> => {
  const known = new KnownRevocations(now);
  let completeAt = 0;
  let place: Place = { inode: 0, offset: 0 };

  const look = async (): Promise<void> => {
    const began = now();
    const read = await readOn(path, place);
    place = read.place;
    known.learn(
      read.lines.flatMap((line) => {
        try {
          return [readRevocation(line)];
        } catch (error) {
          log.error({ failure: 'state', file: path, reason: String(error) }, 'a revocation cannot be read');
          return [];
        }
      }),
    );
    completeAt = began;
  };

  try {
    await look();
  } catch (cause) {
    known.close();
    throw new StateUnavailable(path, cause);
  }
  let closed = false;
  let failing = false;
  const watch = async (): Promise<void> => {
    while (!closed) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY).unref());
      if (closed) return;
      try {
        await look();
        failing = false;
      } catch (error) {
        if (!failing) log.error({ failure: 'state', file: path, err: error }, 'the file of revocations cannot be read');
        failing = true;
      }
    }
  };
  void watch();

  return {
    has: (token) => known.revoked.has(token),
    async revoke(revocations) {
      await append(path, revocations);
      known.learn(revocations);
    },
    age: (at) => Math.max(0, at - completeAt),
    onRevoked: (callback) => known.onRevoked(callback),
    async close() {
      closed = true;
      known.close();
    },
  };
};

interface Place {
  readonly inode: number;
  readonly offset: number;
}

/** The whole lines after a place; from the beginning where the file was replaced or cut. */
const readOn = async (path: string, { inode, offset }: Place): Promise<{ lines: string[]; place: Place }> => {
  const file = await open(path, 'a+', 0o600);
  try {
    const { ino, size } = await file.stat();
    const from = ino === inode && size >= offset ? offset : 0;
    if (size === from) return { lines: [], place: { inode: ino, offset: from } };
    const bytes = Buffer.alloc(size - from);
    const { bytesRead } = await file.read(bytes, 0, bytes.length, from);
    // A line that is still being written has no end yet; it is read at the next look.
    const end = bytes.subarray(0, bytesRead).lastIndexOf(0x0a) + 1;
    const lines = bytes
      .toString('utf8', 0, end)
      .split('\n')
      .filter((line) => line.trim() !== '');
    return { lines, place: { inode: ino, offset: from + end } };
  } finally {
    await file.close();
  }
};

/** One write, flushed: entries of two processes do not mix, and what is told to be revoked survives a power cut. */
const append = async (path: string, revocations: readonly Revocation[]): Promise<void> => {
  let file: FileHandle | undefined;
  try {
    file = await open(path, 'a', 0o600);
    // Begins a line: what is half-written, by whoever had no room left, must not swallow this.
    await file.appendFile(`\n${revocations.map((revocation) => `${writeRevocation(revocation)}\n`).join('')}`);
    await file.sync();
  } catch (cause) {
    throw new StateUnavailable(path, cause);
  } finally {
    await file?.close();
  }
};
