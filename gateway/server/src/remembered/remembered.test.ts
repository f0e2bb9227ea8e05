import { describe, expect, test } from '@jest/globals';

import type { Part } from './part.ts';
import { Remembered } from './remembered.ts';
import { Users, Weight } from './weight.ts';

const texts = (remembered: Remembered, name = 'texts'): Part<string> =>
  remembered.part({ name, weightOf: ({ length }) => length });

const TEN = 'x'.repeat(10);

describe('what is remembered', () => {
  test('never weighs more than it may, all parts together, whatever comes and grows', () => {
    const remembered = new Remembered(1_000);
    const growing = remembered.part<Weight>({ name: 'growing', weightOf: (weight) => weight });
    const plain = texts(remembered);
    const weights = Array.from({ length: 40 }, () => new Weight(10));
    let random = 1;
    const next = (below: number) => {
      random = (random * 48_271) % 2_147_483_647;
      return random % below;
    };
    for (let step = 0; step < 5_000; step += 1) {
      const key = String(next(40));
      if (step % 3 === 0) growing.set(key, weights[Number(key)] as Weight);
      else if (step % 3 === 1) plain.set(key, 'x'.repeat(next(60)));
      else (weights[next(40)] as Weight).grow(next(5));
      growing.get(String(next(40)));
      plain.get(String(next(40)));
      expect(remembered.weight).toBeLessThanOrEqual(1_000);
      expect([...remembered.weights.values()].reduce((sum, each) => sum + each, 0)).toBe(remembered.weight);
    }
    growing.close();
    plain.close();
    expect(remembered.weight).toBe(0);
  });

  test('what is asked for stays, however much comes that nobody asks for again', () => {
    const remembered = new Remembered(1_000);
    const part = texts(remembered);
    const often = ['a', 'b', 'c', 'd'];
    for (const key of often) part.set(key, TEN);
    for (const key of often) part.get(key);
    for (let n = 0; n < 10_000; n += 1) {
      part.set(`once ${n}`, TEN);
      // Once in a hundred: far less often than others come.
      if (n % 100 === 0) expect(often.map((key) => part.get(key))).toEqual(often.map(() => TEN));
    }
  });

  test('what comes once has an eighth, and no more', () => {
    const remembered = new Remembered(1_000);
    const part = texts(remembered);
    const often = Array.from({ length: 85 }, (_, n) => `often ${n}`);
    for (const key of often) part.set(key, TEN);
    for (const key of often) part.get(key);
    for (let n = 0; n < 200; n += 1) part.set(`once ${n}`, TEN);
    const there = Array.from({ length: 200 }, (_, n) => n).filter((n) => part.get(`once ${n}`) !== undefined);
    expect(there.length).toBeLessThanOrEqual(15);
    expect(there.at(-1)).toBe(199);
  });

  test('a rotation that fits is kept, though no turn of it is short enough for newcomers', () => {
    const remembered = new Remembered(1_000);
    const part = texts(remembered);
    const turn = () => {
      let found = 0;
      for (let n = 0; n < 80; n += 1) {
        if (part.get(`turn ${n}`) === undefined) part.set(`turn ${n}`, TEN);
        else found += 1;
      }
      return found;
    };
    for (let n = 0; n < 200; n += 1) part.set(`before ${n}`, TEN);
    turn();
    turn();
    expect(turn()).toBe(80);
  });

  test('what was asked for in the past alone is forgotten in the end', () => {
    const remembered = new Remembered(1_000);
    const part = texts(remembered);
    for (let n = 0; n < 4; n += 1) {
      if (part.get('past') === undefined) part.set('past', TEN);
    }
    for (let n = 0; n < 2_000; n += 1) {
      part.set(`now ${n % 400}`, TEN);
      part.get(`now ${n % 400}`);
    }
    expect(part.get('past')).toBeUndefined();
  });

  test('one that is too heavy by itself is not kept, nor one that becomes so; neither drives anything out', () => {
    const remembered = new Remembered(1_000);
    const part = texts(remembered);
    part.set('a', TEN);
    part.set('huge', 'x'.repeat(126));
    expect([part.get('huge'), part.get('a')]).toEqual([undefined, TEN]);
    const growing = remembered.part<Weight>({ name: 'growing', weightOf: (weight) => weight });
    const weight = new Weight(110);
    growing.set('grows', weight);
    weight.grow(10);
    expect(growing.get('grows')).toBe(weight);
    weight.grow(10);
    expect([growing.get('grows'), part.get('a'), remembered.weight]).toEqual([undefined, TEN, 10]);
  });

  test('what is replaced or deleted weighs no more, and growth of what is gone counts nothing', () => {
    const remembered = new Remembered(1_000);
    const growing = remembered.part<Weight>({ name: 'growing', weightOf: (weight) => weight });
    const [one, other] = [new Weight(10), new Weight(20)];
    growing.set('a', one);
    growing.set('a', other);
    one.grow(5);
    expect(remembered.weight).toBe(20);
    expect(growing.delete('a')).toBe(true);
    other.grow(5);
    expect([growing.delete('a'), remembered.weight]).toEqual([false, 0]);
  });

  test('parts do not find what others keep, and one that is closed keeps nothing', () => {
    const remembered = new Remembered(1_000);
    const [one, two] = [texts(remembered, 'one'), texts(remembered, 'two')];
    one.set('a', TEN);
    expect(two.get('a')).toBeUndefined();
    two.set('a', TEN);
    one.close();
    one.set('b', TEN);
    expect([one.get('a'), one.get('b'), two.get('a'), remembered.weight]).toEqual([undefined, undefined, TEN, 10]);
  });

  test('what was asked for most is told first', () => {
    const remembered = new Remembered(1_000);
    const part = texts(remembered);
    for (const key of 'abc') part.set(key, key);
    for (const key of 'cbcbc') part.get(key);
    expect(part.mostAsked().map(([key]) => key)).toEqual(['c', 'b', 'a']);
  });
});

test('what something kept makes use of is not forgotten before it', () => {
  const remembered = new Remembered(1_000);
  const plans = remembered.part<{ users: Users }>({
    name: 'plans',
    weightOf: () => 50,
    isInUse: ({ users }) => users.any,
  });
  const operations = remembered.part<Weight>({ name: 'operations', weightOf: (weight) => weight });
  const plan = { users: new Users() };
  plans.set('used', plan);
  plans.set('unused', { users: new Users() });
  for (let n = 0; n < 10; n += 1) {
    const operation = new Weight(10);
    operations.set(`often ${n}`, operation);
    operations.get(`often ${n}`);
    if (n === 5) plan.users.add(operation);
  }
  const filler = texts(remembered);
  for (let n = 0; n < 1_000; n += 1) {
    filler.set(`once ${n}`, TEN);
    operations.get('often 5');
  }
  expect([plans.get('used'), plans.get('unused')]).toEqual([plan, undefined]);
  operations.close();
  for (let n = 0; n < 1_000; n += 1) filler.set(`later ${n}`, TEN);
  expect(plan.users.any).toBe(false);
  for (let turn = 0; turn < 4; turn += 1)
    for (let n = 0; n < 200; n += 1) filler.get(`x${n}`) ?? filler.set(`x${n}`, TEN);
  expect(remembered.weight).toBeLessThanOrEqual(1_000);
});
