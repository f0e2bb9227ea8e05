import { mkdirSync } from 'node:fs';
import { register } from 'node:module';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';

/** As `dataFolder` of up/folders.ts, which is not readable yet. */
const data = resolve(process.env.LIENTHONG_DATA || fileURLToPath(new URL('../../../.data', import.meta.url)));

/**
 * Makes this process understand TypeScript, by hooks that read what was transformed before from the data folder and
 * load the transformer only for what is new. With tsx instead, each of the seven processes of `lienthong up` spends a
 * quarter of a second of processor time more before its first line (`npm run bench:start`), and what was transformed
 * stays in the folder for temporary files, where on a machine with several users another could have put code first.
 */
export function understandTypeScript() {
  const cache = join(data, 'typescript');
  let folder;
  try {
    mkdirSync(cache, { recursive: true, mode: 0o700 });
    folder = cache;
  } catch {
    // A checkout that this user may only read: everything is transformed anew each time.
  }
  process.setSourceMapsEnabled(true);
  // The hooks have a thread and a heap of their own, which stay after everything is loaded. Threads take what they may hold
  // of young objects from this flag when they start; the main one has started, and those that come later have limits.
  setFlagsFromString('--max-semi-space-size=1');
  register('./typescript-hooks.js', { parentURL: import.meta.url, data: { folder } });
  setFlagsFromString('--max-semi-space-size=0');
}
