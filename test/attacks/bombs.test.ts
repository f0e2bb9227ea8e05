import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';

import { familyOf, memoryOf } from '../kit/proc.ts';
import { repository } from '../kit/process.ts';
import { type SmallFederation, startSmallFederation } from '../kit/small-federation.ts';
import { bombs } from './bombs.ts';

jest.setTimeout(60_000);

let federation: SmallFederation;
let token: string;
beforeAll(async () => {
  // Departments are at addresses where nobody answers: no bomb gets that far.
  federation = await startSmallFederation({
    supergraph: readFileSync(join(repository, 'schema/supergraph.graphql'), 'utf8'),
    config: 'authorization: { unguarded: refuse }',
  });
  token = await federation.token('citizens:basic:read citizens:family:read health:insurance:read');
});
afterAll(() => federation?.close());

const pid = () => federation.gateway.child.pid ?? 0;
/** Milliseconds of processor time of the gateway so far: other load on the machine does not change it. */
const processorTime = () => familyOf(pid()).reduce((sum, { ticks }) => sum + ticks * 10, 0);

/** Far above what each costs (`npm run bench` prints it), far below what it would cost without its limit. */
const MAX_MILLISECONDS = 300;
const ROUNDS = 5;

const linux = process.platform === 'linux';
if (!linux) process.stderr.write('NOT CHECKED: processor time and memory of bombs (attacks); only Linux tells them.\n');

describe('GHSA-q2f9-x4p4-7xmh, GHSA-p2q6-pwh5-m6jr, CVE-2025-32032, CVE-2024-43414, CVE-2023-26144: bombs', () => {
  test.each(bombs.map((bomb) => [`${bomb.source}: ${bomb.name}`, bomb] as const))(
    '%s: one answer, and little work for it, first seen and repeated',
    async (_name, { query, variables, code }) => {
      const before = processorTime();
      for (let round = 0; round < ROUNDS; round++) {
        const answer = await federation.ask({ query, token, ...(variables ? { variables } : {}) });
        const codes = answer.body.errors?.map(({ extensions }) => extensions.code) ?? [];
        if (code === undefined) expect(codes.filter((each) => each !== 'DEPARTMENT_UNAVAILABLE')).toEqual([]);
        else expect(new Set(codes)).toEqual(new Set([code]));
        if (code?.startsWith('LIMIT_')) expect(answer.status).toBe(400);
        expect(answer.status).toBeLessThan(500);
        expect(answer.text.length).toBeLessThan(2 * JSON.stringify({ query }).length + 20_000);
      }
      if (linux) expect((processorTime() - before) / ROUNDS).toBeLessThan(MAX_MILLISECONDS);
    },
  );

  test('what anonymous callers send is bounded alike', async () => {
    for (const { query, code } of bombs) {
      const { body, status } = await federation.ask({ query });
      expect(status).toBeLessThan(500);
      if (code !== undefined) expect(body.errors?.[0]?.extensions.code).toBe(code);
    }
  });

  test('a hundred different bombs leave nothing behind in memory', async () => {
    const all = async (salt: string) => {
      for (const { query } of bombs) await federation.ask({ query: `${query} # ${salt}`, token });
    };
    for (const salt of 'abc') await all(salt);
    const before = memoryOf(pid());
    for (const salt of 'defgh') await all(salt);
    if (linux) expect(memoryOf(pid()) - before).toBeLessThan(150);
  });

  // Remembered, each would be ten megabytes: a parser keeps every comment as a token, and whoever keeps a document keeps them.
  test('valid operations that are all comments leave nothing behind in memory', async () => {
    const ask = (salt: number) => federation.ask({ query: `{ __typename } #${salt}\n${'#\n'.repeat(80_000)}` });
    for (let salt = 0; salt < 5; salt++) expect((await ask(salt)).body.data).toBeDefined();
    const before = memoryOf(pid());
    for (let salt = 5; salt < 65; salt++) await ask(salt);
    if (linux) expect(memoryOf(pid()) - before).toBeLessThan(200);
  });
});
