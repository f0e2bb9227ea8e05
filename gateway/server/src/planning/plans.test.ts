import type { QueryPlan } from '@apollo/query-planner';
import { beforeEach, describe, expect, test } from '@jest/globals';

import { PublicError } from '../errors.ts';
import { Remembered } from '../remembered/remembered.ts';
import { type MeasuredPlan, Plans, planPart } from './plans.ts';

const planNamed = (serviceName: string): QueryPlan => ({
  kind: 'QueryPlan',
  node: { kind: 'Fetch', serviceName, operation: '{a}', operationName: undefined, operationKind: 'query' as never },
});

let now: number;
let plans: Plans;
let made: string[];
beforeEach(() => {
  now = 0;
  made = [];
  plans = new Plans(planPart(new Remembered(32_000)), () => now);
});

const ask = (shape: string, length = 100, plan: Promise<QueryPlan> = Promise.resolve(planNamed(shape))) =>
  plans.get(shape, async (): Promise<MeasuredPlan> => {
    made.push(shape);
    return { plan: await plan, length };
  });

describe('plans of one supergraph version', () => {
  test('are made once for all who wait, and kept', async () => {
    const [one, other] = await Promise.all([ask('a'), ask('a')]);
    expect(one).toBe(other);
    expect(await ask('a')).toBe(one);
    expect(await ask('b')).not.toBe(one);
    expect(made).toEqual(['a', 'b']);
  });

  test('are forgotten by weight, those asked for stay longest', async () => {
    await ask('a', 900);
    await ask('a');
    for (let n = 0; n < 100; n++) await ask(`once ${n}`, 900);
    await ask('a');
    await ask('once 99');
    expect(made).toHaveLength(101);
    await ask('once 0', 900);
    expect(made).toHaveLength(102);
  });

  test('one that is too heavy by itself is used and not kept', async () => {
    await ask('small');
    await ask('huge', 2_100);
    await ask('huge', 2_100);
    await ask('small');
    expect(made).toEqual(['small', 'huge', 'huge']);
  });

  test('a version that is served no more leaves none behind', async () => {
    const remembered = new Remembered(32_000);
    plans = new Plans(planPart(remembered), () => now);
    await ask('a');
    expect(remembered.weight).toBeGreaterThan(0);
    plans.close();
    expect(remembered.weight).toBe(0);
  });

  test('one beyond the budget is refused at once for a while, then tried again', async () => {
    const refusal = new PublicError('LIMIT_PLANNING');
    await expect(ask('a', 0, Promise.reject(refusal))).rejects.toBe(refusal);
    await expect(ask('a')).rejects.toBe(refusal);
    expect(made).toEqual(['a']);
    now = 30_001;
    await ask('a');
    expect(made).toEqual(['a', 'a']);
  });

  test.each([
    ['a full queue', new PublicError('PLANNING_BUSY')],
    ['a fault of ours', new Error('the planner failed')],
  ])('%s is no reason to refuse the next caller', async (_title, failure) => {
    await expect(ask('a', 0, Promise.reject(failure))).rejects.toBe(failure);
    await ask('a');
    expect(made).toEqual(['a', 'a']);
  });

  test('of refusals a thousand are remembered', async () => {
    for (let n = 0; n <= 1_000; n++)
      await ask(`${n}`, 0, Promise.reject(new PublicError('LIMIT_PLANNING'))).catch(() => {});
    await expect(ask('1')).rejects.toThrow();
    await ask('0');
    expect(made).toHaveLength(1_002);
  });
});
