import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, normalize } from 'node:path';

import { expect, test } from '@jest/globals';

import { repository } from '../kit/process.ts';

const page = readFileSync(join(repository, 'docs/threats.md'), 'utf8');

/** A test that the page names: where it is, and its title. */
interface Named {
  readonly file: string;
  readonly title: string;
}

/** The last cell of each row: `[file](path) `title`, `title`; [file](path) …`. */
const named: readonly Named[] = page
  .split('\n')
  .filter((line) => line.startsWith('|') && line.includes('.test.ts)'))
  .flatMap((line) => {
    const cell = line.split('|').at(-2) ?? '';
    return cell.split('; [').flatMap((part) => {
      const file = normalize(join('docs', /\]\(([^)]+)\)/.exec(part)?.[1] ?? ''));
      return [...part.matchAll(/`([^`]+)`/g)].map(([, title = '']) => ({ file, title }));
    });
  });

/** The titles that a file gives to its tests and their groups, tables of cases included. */
const titlesOf = (file: string): ReadonlySet<string> => {
  const source = readFileSync(join(repository, file), 'utf8');
  const titles = source.matchAll(/(?:(?:describe|test)|\]\s*(?:as const,?\s*)?\))\(\s*(['"`])((?:(?!\1).)+)\1/gs);
  return new Set([...titles].map(([, , title = '']) => title));
};

test.each(named.map(({ file, title }) => [file, title]))('%s has «%s»', (file, title) => {
  expect([...titlesOf(file)]).toContain(title);
});

test('every row of a threat names a test', () => {
  const rows = page.split('\n## ').flatMap((section) => section.split('\n'));
  const threats = rows.filter(
    (line) => line.startsWith('|') && line.split('|').length === 6 && !/^\|(?:---|\s*(?:source|bomb) \|)/.test(line),
  );
  const figures = (line: string) => /^\| [^|]+ \| [\d.]+ \| [\d.]+ \|/.test(line);
  expect(threats.filter((line) => !figures(line) && !line.includes('.test.ts) `'))).toEqual([]);
  expect(named.length).toBeGreaterThan(30);
});

test('no file of attacks is missing', () => {
  const files = readdirSync(join(repository, 'test/attacks')).filter((name) => name.endsWith('.test.ts'));
  const known = new Set(named.map(({ file }) => basename(file)));
  expect(files.filter((name) => !known.has(name))).toEqual([]);
});
