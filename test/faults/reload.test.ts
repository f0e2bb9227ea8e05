import { readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { registry } from '../attacks/registry.ts';
import type { HttpAnswer } from '../kit/http.ts';
import { type SmallCall, type SmallFederation, startSmallFederation } from '../kit/small-federation.ts';

jest.setTimeout(300_000);

const RELOADS = 100;
const CONNECTIONS = 8;
/** So many of the versions are broken: they are refused, and what is served stays. */
const BROKEN_EVERY = 5;

const QUERY = '{ me { nick blood name } things { ... on Office { size } } }';
/** Opens nothing, what the first version guards, what the second guards. */
const PRINCIPALS = ['', 'name', 'nick'];

/**
 * Three versions of one supergraph. No two of them answer a principal alike, and no answer of one can be put together from
 * parts of the others: where the first opens, the second denies, and the third does not know a field at all.
 */
const versions: readonly { readonly change: (sdl: string) => string; answer(scopes: string): unknown }[] = [
  {
    change: (sdl) => sdl,
    answer: (scopes) => data({ nick: 'NICK', blood: 'BLOOD', name: has(scopes, 'name') ? 'NAME' : null }, { size: 5 }),
  },
  {
    change: (sdl) =>
      sdl
        .replace(/(^ {2}nick: String)/m, '$1 @requiresScopes(scopes: [["nick"]])')
        .replace(/(^ {2}name: String[^\n]*?) @requiresScopes\(scopes: \[\["name"\]\]\)/m, '$1')
        .replace(/(^ {2}size: Int)/m, '$1 @requiresScopes(scopes: [["name"]])'),
    answer: (scopes) =>
      data(
        { nick: has(scopes, 'nick') ? 'NICK' : null, blood: 'BLOOD', name: 'NAME' },
        { size: has(scopes, 'name') ? 5 : null },
      ),
  },
  {
    change: (sdl) => sdl.replace(/^ {2}blood: String[^\n]*\n/m, ''),
    answer: () => 'GRAPHQL_VALIDATION_FAILED',
  },
];

const has = (scopes: string, scope: string): boolean => scopes.split(' ').includes(scope);
const data = (me: object, office: { size: number | null }) => ({
  me,
  things: office.size === null ? null : [{}, office, {}],
});

/** An answer as far as it tells its version. */
const essence = ({ body }: HttpAnswer): unknown => body.data ?? body.errors?.[0]?.extensions.code;

let federation: SmallFederation;
let texts: readonly string[];
let tokens: readonly string[];
let log = '';
beforeAll(async () => {
  federation = await startSmallFederation({
    departments: registry,
    config: 'logging: { level: info }',
    env: { NODE_OPTIONS: `--import ${new URL('../kit/heap-watch.mjs', import.meta.url).href}` },
  });
  federation.gateway.child.stderr?.on('data', (text: string) => {
    log += text;
  });
  const composed = await readFile(federation.supergraphFile, 'utf8');
  texts = versions.map(({ change }) => change(composed));
  tokens = await Promise.all(PRINCIPALS.map((scopes) => federation.token(scopes)));
});
afterAll(() => federation?.close());

/** Waits for a text in what was logged since the last wait, and forgets everything up to it. */
const logged = async (text: string): Promise<string> => {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const at = log.indexOf(text);
    const end = log.indexOf('\n', at);
    if (at >= 0 && end >= 0) {
      const line = log.slice(log.lastIndexOf('\n', at) + 1, end);
      log = log.slice(end + 1);
      return line;
    }
    if (Date.now() > deadline) throw new Error(`«${text}» was not logged`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
};

/** Replaces the file as a deployment does, never half-written, and does not wait for the watch. */
const deploy = async (text: string) => {
  const draft = join(dirname(federation.supergraphFile), 'next.graphql');
  await writeFile(draft, text);
  await rename(draft, federation.supergraphFile);
  federation.gateway.child.kill('SIGHUP');
};

const heap = async (): Promise<number> => {
  federation.gateway.child.kill('SIGUSR2');
  return Number(/heap: (\d+)/.exec(await logged('heap: '))?.[1]);
};

test('three versions, no two alike for any principal', async () => {
  expect(new Set(texts).size).toBe(3);
  for (const scopes of PRINCIPALS) {
    expect(new Set(versions.map(({ answer }) => JSON.stringify(answer(scopes)))).size).toBe(3);
  }
});

describe('a hundred reloads under load', () => {
  /** The versions in the order in which they were deployed; of those before `taken` none can serve any more. */
  const deployed = [0];
  let taken = 0;
  let asked = 0;
  const wrong: unknown[] = [];
  let over = false;

  /** One client that asks without a pause. What it gets has to be, as a whole, what one version that served meanwhile gives. */
  const client = async (number: number) => {
    for (let turn = number; !over; turn++) {
      const which = turn % PRINCIPALS.length;
      const scopes = PRINCIPALS[which] ?? '';
      const first = taken;
      const answer = await federation.ask({ query: QUERY, token: tokens[which] ?? '' });
      const possible = deployed.slice(first).map((version) => JSON.stringify(versions[version]?.answer(scopes)));
      asked++;
      if (answer.status === 200 && possible.includes(JSON.stringify(essence(answer)))) continue;
      wrong.push({ scopes, status: answer.status, text: answer.text, possible });
    }
  };

  const broken = ['type Query {', '', 'type Query { a: Int }'];

  test('not one answer is wrong, mixed or missing; what is broken is refused; nothing stays behind', async () => {
    const clients = Array.from({ length: CONNECTIONS }, (_, number) => client(number));
    let before = 0;
    try {
      for (let reload = 1; reload <= RELOADS; reload++) {
        if (reload % BROKEN_EVERY === 0) {
          await deploy(broken[reload % broken.length] ?? '');
          await logged('supergraph refused, the old one goes on serving');
        } else {
          const next = ((deployed.at(-1) ?? 0) + 1 + (reload % 2)) % versions.length;
          deployed.push(next);
          await deploy(texts[next] ?? '');
          await logged('"msg":"supergraph loaded"');
          taken = deployed.length - 1;
        }
        if (reload === RELOADS / 5) before = await heap();
      }
    } finally {
      over = true;
      await Promise.all(clients);
    }
    expect(wrong.slice(0, 3)).toEqual([]);
    expect(wrong).toHaveLength(0);
    expect(asked).toBeGreaterThan(RELOADS);
    // Eighty versions that stayed would be far more.
    expect((await heap()) - before).toBeLessThan(20);
    expect(federation.gateway.child.exitCode).toBeNull();
  });

  test('no department was asked for a field by a caller who may not have it in any version', () => {
    const names = ({ query }: SmallCall) => query;
    expect(federation.calls.map(names).filter((text) => /greeting|code|label/.test(text))).toEqual([]);
  });

  test('the last version serves alone', async () => {
    const last = versions[deployed.at(-1) ?? 0];
    for (const [which, scopes] of PRINCIPALS.entries()) {
      for (const _ of ['cold', 'hot']) {
        const answer = await federation.ask({ query: QUERY, token: tokens[which] ?? '' });
        expect(essence(answer)).toEqual(last?.answer(scopes));
      }
    }
  });
});
