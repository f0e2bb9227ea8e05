import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** As `dataFolder` of up/folders.ts, which is not readable yet. */
const data = resolve(process.env.LIENTHONG_DATA || fileURLToPath(new URL('../../../.data', import.meta.url)));

/**
 * Makes this process understand TypeScript by what `load` does. tsx keeps what it has transformed in the folder for
 * temporary files, where it would stay behind and where, on a machine with several users, another could have put code
 * of his own first. So the data folder is that folder for as long as tsx looks.
 *
 * @param {() => unknown} load
 */
export async function understandTypeScript(load) {
  const before = process.env.TMPDIR;
  const cache = join(data, 'typescript');
  try {
    mkdirSync(cache, { recursive: true, mode: 0o700 });
    process.env.TMPDIR = cache;
  } catch {
    // A checkout that this user may only read: tsx then does as it always does.
  }
  await load();
  if (before === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = before;
}
