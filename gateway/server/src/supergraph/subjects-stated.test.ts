import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { expect, test } from '@jest/globals';
import { type Logger, pino } from 'pino';

import { loadConfig } from '../config/index.ts';
import { startGateway } from '../gateway.ts';
import { supergraphOf } from '../planning/fixture.ts';
import { checkSubjectsLost, tellUnstated } from './subjects-stated.ts';
import { SupergraphVersion } from './version.ts';

const LINKS = `extend schema @link(url: "https://specs.lienthong.example/dataSubject/v0.1", import: ["@dataSubject"])
  @federation__composeDirective(name: "@dataSubject")
directive @dataSubject(enclosing: Boolean, path: String, argument: String, none: String) repeatable on OBJECT | FIELD_DEFINITION
`;
const GUARD = '@requiresScopes(scopes: [["a:read"]])';
const ID = '@dataSubject(path: "id")';

/** @param card what the type Card states, @param count what the root field does */
const version = (card: string, count = '@dataSubject(none: "a number")'): Promise<SupergraphVersion> =>
  load(
    supergraphOf({
      one: `${LINKS} type Query { citizen: Citizen ${GUARD} ${ID} count: Int ${GUARD} ${count} open: Int }
        type Citizen @key(fields: "id") ${ID} { id: ID! ${GUARD} card: Card }
        type Card ${GUARD} ${card} { number: String issuer: String }`,
    }),
  );

const load = (sdl: string): Promise<SupergraphVersion> =>
  SupergraphVersion.load(sdl, 'allow', async () => ({ close: async () => {} }) as never);

const logging = (): { readonly log: Logger; readonly lines: Record<string, unknown>[] } => {
  const lines: Record<string, unknown>[] = [];
  return { lines, log: pino({ level: 'info' }, { write: (line: string) => void lines.push(JSON.parse(line)) }) };
};

test('a supergraph in which each guarded field says whose data it is: nothing is told', async () => {
  const { log, lines } = logging();
  tellUnstated(await version('@dataSubject(enclosing: true)'), log);
  const { resolve } = createRequire(import.meta.url);
  const committed = join(dirname(resolve('@lienthong/schema/package.json')), 'supergraph.graphql');
  tellUnstated(await load(readFileSync(committed, 'utf8')), log);
  expect(lines).toEqual([]);
});

test('guarded fields that state nothing are told of when a version is loaded', async () => {
  const { log, lines } = logging();
  tellUnstated(await version('', ''), log);
  expect(lines).toMatchObject([
    {
      level: 40,
      failure: 'data_subject_missing',
      count: 3,
      coordinates: ['Card.number', 'Card.issuer', 'Query.count'],
    },
  ]);
});

test.each([
  ['a type’s', '', undefined, ['Card.number', 'Card.issuer']],
  ['a field’s', '@dataSubject(enclosing: true)', '', ['Query.count']],
] as const)('a version that lacks %s declaration is refused, or told of', async (_whose, card, count, coordinates) => {
  const [before, after] = [await version('@dataSubject(enclosing: true)'), await version(card, count)];
  const { log, lines } = logging();
  expect(() => checkSubjectsLost(before, after, 'refuse', log)).toThrow(/^DATA_SUBJECT_LOST/);
  checkSubjectsLost(before, after, 'warn', log);
  expect(lines.map(({ level, coordinate }) => [level, coordinate])).toEqual(
    [50, 40].flatMap((level) => coordinates.map((coordinate) => [level, coordinate])),
  );
});

test('what is nobody’s by its own word, was never stated or is new is no loss', async () => {
  const { log, lines } = logging();
  const [silent, stating] = [await version('', ''), await version('@dataSubject(enclosing: true)')];
  checkSubjectsLost(stating, await version('@dataSubject(none: "cards are nobody’s")'), 'refuse', log);
  checkSubjectsLost(silent, silent, 'refuse', log);
  checkSubjectsLost(await load(supergraphOf({ one: 'type Query { a: Int }' })), silent, 'refuse', log);
  expect(lines).toEqual([]);
});

test('a gateway that keeps a ledger tells of them when it starts, and keeps what it serves', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'subjects-stated-'));
  const { log, lines } = logging();
  const failures = () => [...new Set(lines.flatMap(({ failure }) => (typeof failure === 'string' ? failure : [])))];
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  write(
    'gateway.yaml',
    `environment: development
listen: { port: 0 }
metrics: false
console: { enabled: false }
authorization: { guardLost: refuse }
audit: { database: "postgres://nobody@127.0.0.1:9/ledger", subjectKeyFile: ./subject.key }
supergraph: { file: ./supergraph.graphql }
authentication: { issuers: [] }
departments: { one: { url: "http://127.0.0.1:9/graphql" } }
internalToken: { keyFile: ./gateway-key.pem }
signing: { keyFile: ./signing-key.pem }`,
  );
  write('supergraph.graphql', (await version('@dataSubject(enclosing: true)', '')).sdl);
  const gateway = await startGateway(loadConfig(join(folder, 'gateway.yaml'), {}).config, { log });
  try {
    expect(failures()).toEqual(['data_subject_missing']);
    write('supergraph.graphql', (await version('', '')).sdl);
    expect(await gateway.reload()).toBe(false);
    expect(failures()).toEqual(['data_subject_missing', 'data_subject_lost', 'supergraph']);
  } finally {
    await gateway.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
