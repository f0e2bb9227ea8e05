import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const schemaFolder = dirname(createRequire(import.meta.url).resolve('@lienthong/schema/package.json'));

/** A text file of the package `@lienthong/schema`, by its path below that package's folder. */
export const schemaText = (path: string): string => readFileSync(join(schemaFolder, path), 'utf8');
