import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { repository } from './process.ts';

/** Runs `python3 ARGS` in the repository; undefined, and told, where there is none with the library that the example needs. */
export const pythonOf = async (example: string) => {
  const python = (...args: string[]) => promisify(execFile)('python3', args, { cwd: repository });
  try {
    await python('-c', 'import cryptography');
    return python;
  } catch {
    process.stderr.write(`NOT RUN: ${example} needs python3 with the package cryptography\n`);
    return undefined;
  }
};
