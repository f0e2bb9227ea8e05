import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';

import { LINK, type SmallFederation, startSmallFederation } from '../kit/small-federation.ts';

jest.setTimeout(60_000);

const AT_A_TIME = 3;
const QUERY = '{ name }';

/** Requests that the department holds. */
let held: (() => void)[] = [];
let federation: SmallFederation;
beforeAll(async () => {
  federation = await startSmallFederation({
    departments: {
      names: {
        sdl: `${LINK} type Query { name: String }`,
        root: { name: () => new Promise((resolve) => held.push(() => resolve('An'))) },
      },
    },
    env: { LIENTHONG_EXECUTION_REQUESTS: String(AT_A_TIME) },
  });
});
afterAll(() => federation?.close());

const holds = async (count: number) => {
  while (held.length < count) await new Promise((resolve) => setTimeout(resolve, 5));
};

test('one request too many is turned away before it is looked at; those that are in are answered', async () => {
  const inside = Array.from({ length: AT_A_TIME }, () => federation.ask({ query: QUERY }));
  await holds(AT_A_TIME);
  for (const question of [{ query: QUERY }, { query: '{' }, { query: QUERY, token: 'no token at all' }]) {
    const { status, headers, body } = await federation.ask(question);
    expect([status, headers['retry-after']]).toEqual([503, '1']);
    expect(body).toEqual({ errors: [{ message: expect.any(String), extensions: { code: 'GATEWAY_BUSY' } }] });
  }
  expect(held).toHaveLength(AT_A_TIME);
  for (const answer of held) answer();
  held = [];
  for (const { body } of await Promise.all(inside)) expect(body).toEqual({ data: { name: 'An' } });

  const next = federation.ask({ query: QUERY });
  await holds(1);
  held[0]?.();
  expect((await next).body).toEqual({ data: { name: 'An' } });
});
