import { expect, test } from '@jest/globals';

import { DpopNonces } from './dpop-nonce.ts';

const STEP = 150_000;
const nonces = new DpopNonces(Buffer.from('key'));

test('what is handed out is taken for one step at least, and two at most', () => {
  const early = nonces.current(10 * STEP);
  const late = nonces.current(11 * STEP - 1);
  expect(late).toBe(early);
  for (const now of [10 * STEP, 11 * STEP - 1, 11 * STEP, 12 * STEP - 1]) expect(nonces.accepts(early, now)).toBe(true);
  expect(nonces.accepts(early, 12 * STEP)).toBe(false);
  // Of the future, by a clock that was ahead.
  expect(nonces.accepts(nonces.current(11 * STEP), 11 * STEP - 1)).toBe(false);
});

test('processes with one key take each other’s, and nobody else’s', () => {
  expect(new DpopNonces(Buffer.from('key')).accepts(nonces.current(0), 0)).toBe(true);
  expect(new DpopNonces(Buffer.from('kez')).accepts(nonces.current(0), 0)).toBe(false);
  for (const guess of ['', 'x', `${nonces.current(0)}x`, nonces.current(0).slice(1), 'é'.repeat(43)]) {
    expect(nonces.accepts(guess, 0)).toBe(false);
  }
});
