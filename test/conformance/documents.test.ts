import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

import { describe, expect, test } from '@jest/globals';

import { repository } from '../kit/process.ts';

const read = (file: string): string => readFileSync(join(repository, file), 'utf8');

const markdownIn = (folder: string): string[] =>
  readdirSync(join(repository, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md') && !file.includes('node_modules'))
    .map((file) => join(folder, file));

const documents = [
  ...['README.md', 'README.vi.md', 'CHANGELOG.md'],
  ...['docs', 'gateway', 'schema', 'subgraphs', 'deploy', 'test'].flatMap(markdownIn),
];

/** Links that stay in the repository: path from its root, and anchor. */
const linksOf = (file: string): { path: string; anchor: string | undefined }[] =>
  [...read(file).matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)/g)].map(([, target = '', anchor]) => ({
    path: target === '' ? file : normalize(join(dirname(file), target)),
    anchor,
  }));

/** The anchors of a page as code hosts make them: lower case, words and hyphens, blanks to hyphens. */
const anchorsOf = (file: string): string[] =>
  [...read(file).matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );

describe('documents', () => {
  test.each(documents)('%s: every link leads somewhere', (file) => {
    const broken = linksOf(file).filter(
      ({ path, anchor }) =>
        !existsSync(join(repository, path)) ||
        (anchor !== undefined && path.endsWith('.md') && !anchorsOf(path).includes(anchor)),
    );
    expect(broken).toEqual([]);
  });

  test('docs/README.md names every document, decision and example', () => {
    const named = new Set(linksOf('docs/README.md').map(({ path }) => path));
    const present = readdirSync(join(repository, 'docs'), { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.(?:md|mjs|sh)$/.test(file) && file !== 'README.md')
      .map((file) => join('docs', file));
    expect(present.filter((file) => !named.has(file))).toEqual([]);
  });

  test('docs/README.md names the README of every package and folder that has one', () => {
    const named = new Set(linksOf('docs/README.md').map(({ path }) => path));
    const present = ['gateway', 'schema', 'subgraphs', 'test']
      .flatMap(markdownIn)
      .filter((file) => /README\.md$/.test(file));
    expect(present.filter((file) => !named.has(file))).toEqual([]);
  });

  test('both READMEs show the same commands', () => {
    const commands = (file: string) =>
      [...read(file).matchAll(/```sh\n([\s\S]+?)```/g)].map(([, block = '']) =>
        block.replace(/ +# .*$/gm, '').replace(" -H 'accept-language: en'", ''),
      );
    expect(commands('README.vi.md')).toEqual(commands('README.md'));
  });

  test('both READMEs have the same sections, tables and links', () => {
    const shape = (file: string) => ({
      sections: [...read(file).matchAll(/^##? /gm)].length,
      rows: [...read(file).matchAll(/^\|/gm)].length,
      rules: [...read(file).matchAll(/^\d+\. /gm)].length,
      bullets: [...read(file).matchAll(/^- /gm)].length,
      links: linksOf(file)
        // A page that exists in Vietnamese too is linked in it.
        .map(({ path }) => path.replace(/\.vi\.md$/, '.md'))
        .filter((path) => !path.startsWith('README')),
    });
    expect(shape('README.vi.md')).toEqual(shape('README.md'));
  });
});
