import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { department } from '../fixtures.ts';
import { compose } from './compose.ts';
import { type RunOptions, runCompose } from './run.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'compose-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const CONFIG = `departments:
  one: { url: http://127.0.0.1:4101/graphql, schema: [shared.graphql, one.graphql] }
  two: { url: http://127.0.0.1:4102/graphql, schema: two.graphql }
`;
const SHARED = department('');
const ONE =
  'type Query { me: Person } type Person @key(fields: "id") { id: ID! constructor: Int @authenticated name: String @requiresScopes(scopes: [["b", "a"]]) }';
const TWO = department(
  'type Person @key(fields: "id") { id: ID! marks: Int @policy(policies: [["p"]]) @authenticated }',
);

/** Writes the files of a composition and runs the command on them. */
function run(files: Readonly<Record<string, string>> = {}, options: Partial<RunOptions> = {}) {
  const all = {
    'departments.yaml': CONFIG,
    'shared.graphql': SHARED,
    'one.graphql': ONE,
    'two.graphql': TWO,
    ...files,
  };
  for (const [name, text] of Object.entries(all)) if (text !== '') writeFileSync(join(folder, name), text);
  const lines: string[] = [];
  const code = runCompose(
    { config: join(folder, 'departments.yaml'), out: join(folder, 'out/supergraph.graphql'), ...options },
    { stderr: (line) => lines.push(line) },
  );
  return { code, lines };
}
const written = (name: string) => readFileSync(join(folder, name), 'utf8');

describe('lienthong compose', () => {
  test('writes supergraph, rules and API schema, and complains of nothing', () => {
    const result = run({}, { rules: join(folder, 'rules.json'), api: join(folder, 'api.graphql') });
    expect(result).toEqual({ code: 0, lines: [] });
    expect(written('out/supergraph.graphql')).toContain(
      '@join__graph(name: "two", url: "http://127.0.0.1:4102/graphql")',
    );
    expect(written('api.graphql')).toBe(
      'type Person {\n  constructor: Int\n  id: ID!\n  marks: Int\n  name: String\n}\n\ntype Query {\n  me: Person\n}\n',
    );
    expect(written('rules.json')).toBe(`{
  "Person.constructor": {"authenticated":true},
  "Person.marks": {"authenticated":true,"policies":[["p"]]},
  "Person.name": {"scopes":[["a","b"]]}
}
`);
  });

  test('the same departments give the same bytes', () => {
    run({}, { out: join(folder, 'a') });
    run({}, { out: join(folder, 'b') });
    expect(written('a')).toBe(written('b'));
  });

  test('on errors, prints CODE message, one a line, and writes nothing', () => {
    const result = run(
      { 'one.graphql': ONE.replace('[["b", "a"]]', '[]'), 'two.graphql': TWO.replace('[["p"]]', '[[]]') },
      { rules: join(folder, 'rules.json') },
    );
    expect(result.code).toBe(1);
    expect(result.lines).toEqual([
      expect.stringMatching(/^EMPTY_REQUIREMENT \[one\] .*Person\.name/),
      expect.stringMatching(/^EMPTY_REQUIREMENT \[two\] .*Person\.marks/),
    ]);
    expect(existsSync(join(folder, 'out')) || existsSync(join(folder, 'rules.json'))).toBe(false);
  });

  test("composition's own errors keep their codes and one line each", () => {
    const { lines } = run({ 'two.graphql': department('type Query { me: Int @shareable }') });
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) expect(line).toMatch(/^[A-Z_]+ [^\n]+$/);
    expect(lines.some((line) => line.startsWith('FIELD_TYPE_MISMATCH '))).toBe(true);
  });

  test.each([
    ['a missing schema file', { 'two.graphql': '' }, 'FILE_NOT_FOUND [two] không đọc được tệp two.graphql (ENOENT)'],
    ['a syntax error', { 'one.graphql': 'type Query {\n  me: }' }, 'INVALID_SDL [one] one.graphql:2:7: '],
    [
      'an unknown key',
      { 'departments.yaml': `${CONFIG}catalog: x\n` },
      'INVALID_CONFIG departments.yaml:4:1 catalog: khoá lạ; có phải «catalogue»?',
    ],
    [
      'an unknown key of a department',
      { 'departments.yaml': 'departments:\n  one:\n    uri: x\n' },
      'INVALID_CONFIG departments.yaml:3:5 departments.one.uri: khoá lạ; có phải «url»?',
    ],
    [
      'a missing value',
      { 'departments.yaml': 'departments:\n  one: { schema: a }\n' },
      'INVALID_CONFIG departments.yaml:2:8 departments.one.url: còn thiếu',
    ],
    [
      'a wrong kind',
      { 'departments.yaml': 'departments:\n  one: { url: http://a, schema: [1] }\n' },
      'INVALID_CONFIG departments.yaml:2:34 departments.one.schema[0]: ',
    ],
    [
      'an address that is none',
      { 'departments.yaml': 'departments:\n  one: { url: "ftp://a", schema: a }\n' },
      'INVALID_CONFIG departments.yaml:2:15 departments.one.url: ',
    ],
    [
      'a word that is none of those allowed',
      { 'departments.yaml': `${CONFIG}unguarded: deny\n` },
      'INVALID_CONFIG departments.yaml:4:12 unguarded: phải là allow | refuse',
    ],
    [
      'a word that is none of those of data subjects',
      { 'departments.yaml': `${CONFIG}dataSubjects: yes\n` },
      'INVALID_CONFIG departments.yaml:4:15 dataSubjects: ',
    ],
    [
      'no department',
      { 'departments.yaml': 'departments: {}\n' },
      'INVALID_CONFIG departments.yaml:1:14 departments: ',
    ],
    [
      'a key given twice',
      { 'departments.yaml': `${CONFIG}departments: {}\n` },
      'INVALID_CONFIG departments.yaml:4:1: YAML sai cú pháp',
    ],
    ['a file that is no map', { 'departments.yaml': '- a\n' }, 'INVALID_CONFIG departments.yaml:1:1 file: '],
    ['a missing catalogue', { 'departments.yaml': `${CONFIG}catalogue: nowhere/\n` }, 'FILE_NOT_FOUND '],
  ])('%s is a clear error', (_, files, start) => {
    const { code, lines } = run(files);
    expect(code).toBe(1);
    expect(lines).toEqual([expect.stringContaining(start)]);
    expect(lines[0]?.startsWith(start.split(' ')[0] ?? '')).toBe(true);
  });

  test('a missing configuration is a clear error', () => {
    expect(run({}, { config: join(folder, 'none.yaml') }).lines).toEqual([expect.stringContaining('FILE_NOT_FOUND')]);
  });

  test('an output that cannot be written leaves nothing half done', () => {
    writeFileSync(join(folder, 'file'), '');
    const { code, lines } = run(
      {},
      { rules: join(folder, 'rules.json'), out: join(folder, 'file/supergraph.graphql') },
    );
    expect(code).toBe(1);
    expect(lines).toEqual([expect.stringContaining('OUTPUT_NOT_WRITTEN')]);
    expect(existsSync(join(folder, 'rules.json')) || existsSync(join(folder, 'rules.json.new'))).toBe(false);
  });

  test('--previous refuses a lost guard until it is acknowledged', () => {
    run({}, { out: join(folder, 'old.graphql') });
    const files = { 'one.graphql': ONE.replace('@requiresScopes(scopes: [["b", "a"]])', '') };
    const previous = join(folder, 'old.graphql');
    expect(run(files, { previous })).toEqual({ code: 1, lines: [expect.stringMatching(/^GUARD_LOST Person\.name /)] });
    expect(run(files, { previous, acknowledged: ['Person.name'] })).toEqual({ code: 0, lines: [] });
    expect(run(files, { previous: join(folder, 'none') }).lines).toEqual([expect.stringContaining('FILE_NOT_FOUND')]);
  });

  test('warnings are printed and hinder nothing', () => {
    const { code, lines } = run({ 'one.graphql': ONE.replace('id: ID!', 'id: ID! @authenticated') });
    expect({ code, lines }).toEqual({ code: 0, lines: [expect.stringMatching(/^warning GUARDED_KEY Person\.id /)] });
  });
});

test('compose answers with a value that holds what the command would write', () => {
  run();
  const composition = compose({ config: join(folder, 'departments.yaml') });
  expect(composition.ok && composition.supergraph).toBe(written('out/supergraph.graphql'));
});
