import { openFile } from './file.ts';
import type { OpenRegistryOptions, RegistryReader, RegistrySource } from './reader.ts';

/**
 * Opens the registry for lookups and keeps it up to date.
 *
 * A file is taken as a whole or not at all. Of a database each row counts for itself: a row that cannot be read admits
 * nobody, and whatever else changed takes effect. Where the source cannot be reached the last state stays, and `age`
 * tells since when.
 *
 * @throws RegistryError where there is no first state to start from
 */
export async function openRegistry(source: RegistrySource, options: OpenRegistryOptions = {}): Promise<RegistryReader> {
  if ('file' in source) return openFile(source.file, options);
  // A process with a registry file needs no database driver.
  const { openDatabaseReader } = await import('./database.ts');
  return openDatabaseReader(source.database, options);
}
