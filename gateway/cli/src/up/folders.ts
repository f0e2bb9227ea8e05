import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository this command belongs to, wherever it was called from. */
export const root: string = fileURLToPath(new URL('../../../..', import.meta.url)).replace(/\/$/, '');

/** Where everything lives that a run leaves behind: keys, databases, logs. */
export const dataFolder = (env: NodeJS.ProcessEnv = process.env): string =>
  env.LIENTHONG_DATA ? resolve(env.LIENTHONG_DATA) : join(root, '.data');
