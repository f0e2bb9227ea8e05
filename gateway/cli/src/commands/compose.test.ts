import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals';
import { createProgram } from '../program.ts';

let folder: string;

const LINK =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@requiresScopes", "@tag"])';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'compose-'));
  const file = (name: string, text: string) => writeFileSync(join(folder, name), text);
  file('departments.yaml', 'departments: { one: { url: "http://127.0.0.1:4101/graphql", schema: one.graphql } }\n');
  file(
    'one.graphql',
    `${LINK} type Query { a: Int @requiresScopes(scopes: [["s"]]) b: Int @requiresScopes(scopes: [["s"]]) }`,
  );
});

afterEach(() => {
  process.exitCode = undefined;
  jest.restoreAllMocks();
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const compose = async (...more: string[]) => {
  const lines: string[] = [];
  jest.spyOn(process.stderr, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
  const paths = ['--config', join(folder, 'departments.yaml'), '--out', join(folder, 'next.graphql')];
  await createProgram('en').parseAsync(['compose', ...paths, ...more], { from: 'user' });
  return { exit: process.exitCode, lost: lines.join('').match(/^GUARD_LOST|Query\.[ab] asks for less/gm) };
};

test('--previous finds every guard that is lost; --acknowledge, repeated, lets each go', async () => {
  const previous = join(folder, 'previous.graphql');
  expect((await compose()).exit).toBe(0);
  writeFileSync(previous, readFileSync(join(folder, 'next.graphql')));
  writeFileSync(
    join(folder, 'one.graphql'),
    `${LINK} type Query { a: Int @tag(name: "public") b: Int @tag(name: "public") }`,
  );

  const against = ['--previous', previous];
  expect((await compose(...against)).exit).toBe(1);
  const one = await compose(...against, '--acknowledge', 'Query.a');
  expect(one).toEqual({ exit: 1, lost: ['GUARD_LOST', 'Query.b asks for less'] });
  expect((await compose(...against, '--acknowledge', 'Query.a', '--acknowledge', 'Query.b')).exit).toBe(0);
  // For the gateway that will load it in the other's place.
  expect(readFileSync(join(folder, 'next.graphql'), 'utf8').split('\n').slice(0, 4)).toEqual([
    expect.stringMatching(/^# guards-lost-since: sha256:[0-9a-f]{64}$/),
    '# guard-lost: Query.a now {"authenticated":false,"scopes":[],"policies":[]}',
    '# guard-lost: Query.b now {"authenticated":false,"scopes":[],"policies":[]}',
    'schema',
  ]);
});
