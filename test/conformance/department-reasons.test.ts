import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';

import { expect, test } from '@jest/globals';

import { repository } from '../kit/process.ts';

/** Who throws what: `land CONFLICT parcel_changed`; the kit's errors are every department's. */
type Reason = `${string} ${string} ${string}`;

const codes: Readonly<Record<string, string>> = {
  badInput: 'BAD_USER_INPUT',
  notFound: 'NOT_FOUND',
  conflict: 'CONFLICT',
};

/** The reasons that stand in a department's sources, as literals beside the function that throws them. */
const thrown = (department: string, folder: string): Reason[] =>
  readdirSync(join(repository, 'subgraphs', folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !file.split(sep).includes('node_modules'))
    .flatMap((file) => {
      const source = readFileSync(join(repository, 'subgraphs', folder, file), 'utf8');
      return [...source.matchAll(/\b(badInput|notFound|conflict)\(\s*'([a-z_]+)'/g)].map(
        ([, thrower = '', reason]): Reason => `${department} ${codes[thrower]} ${reason}`,
      );
    });

const documented = (): Reason[] => {
  const document = readFileSync(join(repository, 'docs/errors.md'), 'utf8');
  const section = document.split(/^## /m).find((part) => part.startsWith('Reasons of departments')) ?? '';
  return [...section.matchAll(/^\| (\w+) \| `([A-Z_]+)` \| (.+) \|$/gm)].flatMap(([, department, code, reasons = '']) =>
    [...reasons.matchAll(/`(\w+)`/g)].map(([, reason]): Reason => `${department} ${code} ${reason}`),
  );
};

test('docs/errors.md lists the reasons that departments throw, and no other', () => {
  const found = [
    ...thrown('all', 'kit/src'),
    ...['citizens', 'health', 'education', 'land', 'disclosures'].flatMap((name) => thrown(name, name)),
  ];
  expect(found.length).toBeGreaterThan(30);
  expect([...new Set(documented())].sort()).toEqual([...new Set(found)].sort());
});
