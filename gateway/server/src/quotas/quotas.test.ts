import { describe, expect, test } from '@jest/globals';
import type { Quota } from '@lienthong/registry';
import { openState } from '@lienthong/state';

import type { Outcome } from '../context.ts';
import { type Authenticated, anonymous } from '../policy/principal.ts';
import { Quotas } from './index.ts';
import { rateLimitHeaders } from './standing.ts';

const caller = (change: Partial<Authenticated> = {}): Authenticated => ({
  kind: 'authenticated',
  issuer: 'https://a.example',
  subject: 'viettel',
  clientId: 'viettel',
  jti: 'j',
  expiresAt: 0,
  scopes: new Set(),
  purpose: 'KYC',
  claims: {},
  ...change,
});
const outcome = (): Outcome => ({ codes: new Set(), denied: 0 });

const rig = async (quota: Quota | undefined, start = '2026-11-22T16:59:00Z') => {
  const clock = { now: Date.parse(start) };
  const { quotas: store } = await openState(undefined, { info() {}, warn() {}, error() {} }, () => clock.now);
  const quotas = new Quotas({ store, quotaOf: () => quota, subjectKey: Buffer.from('k'), now: () => clock.now });
  return { clock, quotas };
};

describe('requests and cost', () => {
  test('what does not fit is refused with what the caller needs to wait', async () => {
    const { quotas } = await rig({ requests: { limit: 2, per: 60_000 } });
    await quotas.takeRequest(caller(), outcome());
    const second = outcome();
    await quotas.takeRequest(caller(), second);
    expect(second.quotas).toEqual([{ name: 'requests', limit: 2, window: 60, remaining: 0, resetsIn: 60 }]);
    await expect(quotas.takeRequest(caller(), outcome())).rejects.toMatchObject({
      code: 'QUOTA_EXCEEDED',
      status: 429,
      data: { quota: 'requests', limit: 2, window: 60, retryAfter: 60 },
      headers: {
        'retry-after': '60',
        'ratelimit-policy': '"requests";q=2;w=60',
        ratelimit: '"requests";r=0;t=60',
      },
    });
  });

  test.each([
    ['another purpose', caller({ purpose: 'TTHC' })],
    ['no purpose', caller({ purpose: undefined } as never)],
    ['the same client of another issuer', caller({ issuer: 'https://b.example' })],
    ['a client whose name is put together like two others', caller({ clientId: 'viettel","KYC' })],
  ])('%s has a quota of its own', async (_what, other) => {
    const { quotas } = await rig({ requests: { limit: 1, per: 60_000 } });
    await quotas.takeRequest(caller(), outcome());
    await quotas.takeRequest(other, outcome());
    await expect(quotas.takeRequest(caller(), outcome())).rejects.toMatchObject({ code: 'QUOTA_EXCEEDED' });
  });

  test('cost is taken by units, and nothing is taken of what does not fit', async () => {
    const { quotas } = await rig({ cost: { limit: 10, per: 60_000 } });
    await quotas.takeCost(caller(), outcome(), 6.2);
    await expect(quotas.takeCost(caller(), outcome(), 4)).rejects.toMatchObject({ code: 'QUOTA_EXCEEDED' });
    await quotas.takeCost(caller(), outcome(), 3);
    await expect(quotas.takeCost(caller(), outcome(), 0)).rejects.toMatchObject({ code: 'QUOTA_EXCEEDED' });
  });

  test('nothing counts for who has no quota, or no name', async () => {
    const without = await rig(undefined);
    const told = outcome();
    await without.quotas.takeRequest(caller(), told);
    const { quotas } = await rig({ requests: { limit: 1, per: 1_000 }, citizensPerDay: 1 });
    for (let i = 0; i < 3; i += 1) await quotas.takeRequest(anonymous, told);
    expect(told.quotas).toBeUndefined();
    expect(quotas.countsCitizens(anonymous)).toBe(false);
    expect(rateLimitHeaders([])).toEqual({});
  });
});

describe('distinct citizens of a day', () => {
  test('count once, all or none, until midnight in the province', async () => {
    const { clock, quotas } = await rig({ citizensPerDay: 2 });
    await quotas.takeCitizens(caller(), outcome(), new Set(['a', 'b']));
    await quotas.takeCitizens(caller(), outcome(), new Set(['b']));
    await expect(quotas.takeCitizens(caller(), outcome(), new Set(['a', 'c']))).rejects.toMatchObject({
      data: { quota: 'citizens', retryAfter: 60 },
    });
    clock.now += 60_000;
    await quotas.takeCitizens(caller(), outcome(), new Set(['c']));
  });

  test('a write is refused beforehand where there is no room for one more, or for those whom it names', async () => {
    const { quotas } = await rig({ citizensPerDay: 2 });
    await quotas.takeCitizensOfWrite(caller(), outcome(), new Set());
    await quotas.takeCitizensOfWrite(caller(), outcome(), new Set(['a']));
    const two = quotas.takeCitizensOfWrite(caller(), outcome(), new Set(['b', 'c']));
    await expect(two).rejects.toMatchObject({ code: 'QUOTA_EXCEEDED' });
    await quotas.takeCitizensOfWrite(caller(), outcome(), new Set(['b']));
    for (const named of [[], ['a'], ['c']]) {
      const refused = quotas.takeCitizensOfWrite(caller(), outcome(), new Set(named));
      await expect(refused).rejects.toMatchObject({ code: 'QUOTA_EXCEEDED' });
    }
  });

  test('whom the answer of a write is about counts beyond the limit: it has left', async () => {
    const { quotas } = await rig({ citizensPerDay: 2 });
    const told = outcome();
    await quotas.recordCitizens(caller(), told, new Set(['a']));
    expect(told.quotas).toMatchObject([{ limit: 2, remaining: 1 }]);
    await quotas.recordCitizens(caller(), told, new Set(['b', 'c', 'd']));
    expect(told.quotas).toMatchObject([{ limit: 2, remaining: 0 }]);
    await quotas.takeCitizens(caller(), outcome(), new Set(['a', 'd']));
    await expect(quotas.takeCitizens(caller(), outcome(), new Set(['e']))).rejects.toMatchObject({
      code: 'QUOTA_EXCEEDED',
    });
  });
});
