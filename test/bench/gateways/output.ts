import { progress } from '../figures.ts';
import type { Output } from './run.ts';

// An exit like any other: what was made for the run is removed.
process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));

/** Tables on stdout; what is being measured now on stderr: one line that changes, or, where there is no terminal, one line a step. */
export const terminal: Output = {
  print: (text) => {
    process.stdout.write(text);
  },
  fault: (text) => {
    process.exitCode = 1;
    process.stdout.write(text);
  },
  progress: process.stderr.isTTY ? progress : (text) => plain(text),
};

let last = '';

/** Rounds and gateways are left out: a log needs to know that it goes on, not each second of it. */
const plain = (text: string): void => {
  const step = /^[^:]*/.exec(text)?.[0] ?? '';
  if (step === '' || step === last) return;
  last = step;
  process.stderr.write(`… ${step}\n`);
};
