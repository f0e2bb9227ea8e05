import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parse } from 'yaml';
import { CommandError } from '../command-error.ts';

/** A department as `up` needs it. */
export interface DepartmentEntry {
  readonly name: string;
  /** The module to start. */
  readonly start: string;
  /** From its URL. */
  readonly port: number;
  /** Who keeps the database that it only reads; undefined: it keeps one itself. */
  readonly reads: string | undefined;
  /** Prefix of its environment variables: `ONE_STOP` for `one-stop`. */
  readonly prefix: string;
}

/** Reads the departments from departments.yaml; whoever stands there is started. */
export function readDepartments(file: string): readonly DepartmentEntry[] {
  const content: unknown = parse(readFileSync(file, 'utf8'));
  const departments = Object(Object(content).departments) as Record<string, unknown>;
  const entries = Object.entries(departments).map(([name, value]) => entryOf(file, name, value));
  if (entries.length > 0) return entries;
  throw new CommandError('DEPARTMENTS_INVALID', {
    vi: `${file}: không có sở, ngành nào dưới departments.`,
    en: `${file}: there is no department under departments.`,
  });
}

function entryOf(file: string, name: string, value: unknown): DepartmentEntry {
  const { url, start, reads } = Object(value) as Record<string, unknown>;
  const port = typeof url === 'string' && URL.canParse(url) ? Number(new URL(url).port) : Number.NaN;
  if (typeof start !== 'string' || !(port > 0)) {
    throw new CommandError('DEPARTMENTS_INVALID', {
      vi: `${file}: ${name} cần url có số cổng (http://127.0.0.1:4101/graphql) và start (tệp khởi động).`,
      en: `${file}: ${name} needs a url with a port (http://127.0.0.1:4101/graphql) and start (the module to run).`,
    });
  }
  return {
    name,
    start: resolve(dirname(file), start),
    port,
    reads: typeof reads === 'string' ? reads : undefined,
    prefix: name.toUpperCase().replace(/[^A-Z0-9]/g, '_'),
  };
}
