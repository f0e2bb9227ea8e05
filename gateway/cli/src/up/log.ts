import { closeSync, openSync, readSync, statSync } from 'node:fs';

const TAIL_BYTES = 8_192;
const TAIL_LINES = 15;

/** The last lines of a log: what a failed process said before it went. */
export function tailOf(file: string): string {
  const { size } = statSync(file, { throwIfNoEntry: false }) ?? { size: 0 };
  const buffer = Buffer.alloc(Math.min(size, TAIL_BYTES));
  if (buffer.length === 0) return '';
  const descriptor = openSync(file, 'r');
  try {
    readSync(descriptor, buffer, 0, buffer.length, size - buffer.length);
  } finally {
    closeSync(descriptor);
  }
  return buffer.toString('utf8').trimEnd().split('\n').slice(-TAIL_LINES).join('\n');
}
