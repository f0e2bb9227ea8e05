import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';

import { type RecordingProxy, recordingProxy } from '../kit/recording-proxy.ts';
import { LINK, type SmallFederation, startSmallFederation } from '../kit/small-federation.ts';

jest.setTimeout(60_000);

let proxy: RecordingProxy;
let federation: SmallFederation;
const urls: Record<string, string> = {};
beforeAll(async () => {
  proxy = await recordingProxy('');
  federation = await startSmallFederation({
    departments: {
      names: {
        sdl: `${LINK} type Query { person: Person } type Mutation { rename: Person }
          type Person @key(fields: "id") { id: ID!  name: String }`,
      },
      land: { sdl: `${LINK} type Person @key(fields: "id") { id: ID!  parcels: [String!] }` },
    },
    env: {
      LIENTHONG_EXECUTION_ENGINE: 'compiled',
      LIENTHONG_DEPARTMENTS_NAMES_URL: proxy.url,
      LIENTHONG_DEPARTMENTS_LAND_URL: proxy.url,
    },
  });
  urls.compiled = federation.url;
  urls.apollo = (await federation.another({ LIENTHONG_EXECUTION_ENGINE: 'apollo' })).url;
});
afterAll(async () => {
  await federation?.close();
  await proxy?.close();
});

/** Answers everything, but hangs up on the first that asks for a text; without one, on nobody. */
const hangingUpOnce = (on: string) => {
  let done = false;
  proxy.clear();
  proxy.divert((_request, response) => {
    const query = proxy.calls.at(-1)?.query ?? '';
    if (!done && query.includes(on)) {
      done = true;
      response.socket?.destroy();
      return;
    }
    response.setHeader('content-type', 'application/json');
    const [, root = ''] = /\b(person|rename|_entities)\b/.exec(query) ?? [];
    const told = { __typename: 'Person', id: '1', name: 'An', parcels: ['1/1'] };
    response.end(JSON.stringify({ data: { [root]: root === '_entities' ? [told] : told } }));
  });
};

const askedFor = (text: string) => proxy.calls.filter(({ query }) => query.includes(text)).length;

describe.each(['compiled', 'apollo'])('a connection that fails before an answer, with the engine %s', (engine) => {
  const ask = async (query: string) => (await federation.askAt(urls[engine] ?? '', { query })).body;

  test.each(['person', '_entities'])('costs a query nothing: %s is asked for once more', async (part) => {
    hangingUpOnce(part);
    expect(await ask('{ person { name parcels } }')).toEqual({ data: { person: { name: 'An', parcels: ['1/1'] } } });
    expect(askedFor(part)).toBe(2);
  });

  test('ends a mutation: it may have happened', async () => {
    hangingUpOnce('rename');
    const { data, errors } = await ask('mutation { rename { name parcels } }');
    expect(data).toEqual({ rename: null });
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['DEPARTMENT_UNAVAILABLE']);
    expect(proxy.calls).toHaveLength(1);
  });

  test('costs nothing where it is about the entities that a mutation answers with', async () => {
    hangingUpOnce('_entities');
    const { data } = await ask('mutation { rename { name parcels } }');
    expect(data).toEqual({ rename: { name: 'An', parcels: ['1/1'] } });
    expect([askedFor('rename'), askedFor('_entities')]).toEqual([1, 2]);
  });
});
