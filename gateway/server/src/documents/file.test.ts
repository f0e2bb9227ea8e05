import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, test } from '@jest/globals';
import { buildSchema } from 'graphql';

import { loadConfig } from '../config/index.ts';
import { readEdition } from './file.ts';

const folder = mkdtempSync(join(tmpdir(), 'documents-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const file = join(folder, 'documents.yaml');
const schema = buildSchema('type Query { a: Int }');
writeFileSync(join(folder, 'supergraph.graphql'), '');
writeFileSync(join(folder, 'gateway.yaml'), 'environment: development\nsupergraph: { file: supergraph.graphql }\n');
const { config } = loadConfig(join(folder, 'gateway.yaml'), {});

/** The messages of the refusal; the documents where there is none. */
const read = async (text: string, known?: Awaited<ReturnType<typeof readEdition>>) => {
  writeFileSync(file, text);
  return readEdition(file, schema, config, known).catch((error: Error) =>
    error.message.replaceAll(file, 'F').split('\n'),
  );
};

describe('a file of persisted documents', () => {
  test('is read once for each text', async () => {
    const text = '- { purpose: A, body: "{ a }" }';
    const edition = await readAs(text);
    expect(edition.documents).toMatchObject([{ purpose: 'A', body: '{ a }' }]);
    expect(await read(text, edition)).toBeUndefined();
    expect(await read(`${text}\n`, edition)).toMatchObject({ documents: [{ body: '{ a }' }] });
  });

  test('is refused whole, with line and key of every document that does not fit', async () => {
    const text = `- { purpose: A, body: "{ a }" }
- { purpose: A, body: "{ b }" }
- { purpose: A, body: "{ a(x: 1) { c } }" }
- { purpose: A, body: "{ ${'a '.repeat(61)} }" }
- { purpose: A, body: "{ ${'a '.repeat(4_001)} }" }
`;
    expect(await read(text)).toEqual([
      'F:2: [1].body: Cannot query field "b" on type "Query". Did you mean "a"?',
      'F:3: [2].body: Field "a" must not have a selection since type "Int" has no subfields.',
      'F:3: [2].body: Unknown argument "x" on field "Query.a".',
      expect.stringMatching(/^F:4: \[3\]\.body: LIMIT_COST/),
      expect.stringMatching(/^F:5: \[4\]\.body: Syntax Error: Document contains more tha/),
    ]);
  });

  test('that is gone is told of', async () => {
    const gone = readEdition(join(folder, 'gone.yaml'), schema, config);
    await expect(gone).rejects.toMatchObject({ code: 'DOCUMENTS_INVALID' });
  });

  test('looks like the sample of docs/documents.md, which fits the schema of the province', async () => {
    const [page, api] = ['docs/documents.md', 'schema/api.graphql'].map((name) =>
      readFileSync(new URL(`../../../../${name}`, import.meta.url), 'utf8'),
    );
    const [, sample = ''] = /```yaml\n(- name:[\s\S]*?)```/.exec(page ?? '') ?? [];
    writeFileSync(file, sample);
    const edition = await readEdition(file, buildSchema(api ?? ''), config);
    expect(edition?.documents.map(({ purpose, clients }) => [purpose, clients])).toEqual([
      ['ENROL', ['mot-cua']],
      [null, undefined],
    ]);
  });
});

const readAs = async (text: string) => {
  const edition = await read(text);
  if (edition === undefined || Array.isArray(edition)) throw new Error(`not taken: ${edition}`);
  return edition as Exclude<typeof edition, string[]>;
};
