import { readFileSync } from 'node:fs';

/** SDL that is appended to every department's schema: the federation link, scalars, Commune, PageInfo. */
export const sharedSdl = (): string => readFileSync(new URL('../shared.graphql', import.meta.url), 'utf8');

/** Code → name of the province's 96 commune-level units, in the order of the codes. */
export function communeNames(): ReadonlyMap<string, string> {
  const text = readFileSync(new URL('../data/communes.tsv', import.meta.url), 'utf8');
  const rows = text.split('\n').filter((line) => line !== '');
  return new Map(rows.map((line) => [line.slice(0, line.indexOf('\t')), line.slice(line.indexOf('\t') + 1)]));
}
