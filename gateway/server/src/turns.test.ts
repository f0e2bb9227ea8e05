import { describe, expect, test } from '@jest/globals';

import { Turns } from './turns.ts';

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Requests that come at once; each writes its number down when it begins. */
const come = (turns: Turns, from: number, count: number, begun: number[]): void => {
  for (let n = from; n < from + count; n++) {
    const waiting = turns.wait();
    if (waiting === undefined) begun.push(n);
    else void waiting.then(() => begun.push(n));
  }
};

const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

describe('requests begin few at a time', () => {
  test('sixteen at once, and as many more in each turn, in the order in which they came', async () => {
    const turns = new Turns();
    const begun: number[] = [];
    come(turns, 0, 40, begun);
    expect(begun).toEqual(upTo(16));
    await turn();
    expect(begun).toEqual(upTo(32));
    await turn();
    expect(begun).toEqual(upTo(40));
  });

  test('who comes while others wait begins after them', async () => {
    const turns = new Turns();
    const begun: number[] = [];
    come(turns, 0, 20, begun);
    come(turns, 20, 1, begun);
    await turn();
    expect(begun).toEqual(upTo(21));
    // Of the second turn's sixteen five have begun.
    come(turns, 21, 12, begun);
    expect(begun).toEqual(upTo(32));
    await turn();
    expect(begun).toEqual(upTo(33));
  });

  test('thousands that wait all begin, and none twice', async () => {
    const turns = new Turns();
    const begun: number[] = [];
    for (let burst = 0; burst < 50; burst++) {
      come(turns, burst * 100, 100, begun);
      await turn();
    }
    while (begun.length < 5_000) await turn();
    expect(begun).toEqual(upTo(5_000));
  });

  test('nobody waits who asks one thing at a time', async () => {
    const turns = new Turns();
    for (let n = 0; n < 100; n++) {
      expect(turns.wait()).toBeUndefined();
      await turn();
    }
  });

  test('requests under way do not hold up those that come', async () => {
    const turns = new Turns();
    let begun = 0;
    const hanging = async (): Promise<never> => {
      await turns.wait();
      begun += 1;
      return new Promise(() => undefined);
    };
    for (let n = 0; n < 1_000; n++) void hanging();
    for (let turned = 0; turned < 1_000 / 16; turned++) await turn();
    expect(begun).toBe(1_000);
  });
});
