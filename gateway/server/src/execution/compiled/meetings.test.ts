import { expect, test } from '@jest/globals';

import type { CompiledFetch, CompiledStep } from './compile.ts';
import { meetingsOf } from './meetings.ts';

let made = 0;
const fetch = (department: string, entities = true): { step: CompiledStep; fetch: CompiledFetch } => {
  made += 1;
  const each = { id: made, department, entities: entities ? {} : undefined } as CompiledFetch;
  return { step: { kind: 'fetch', fetch: each }, fetch: each };
};
const sequence = (...steps: CompiledStep[]): CompiledStep => ({ kind: 'sequence', steps });
const parallel = (...steps: CompiledStep[]): CompiledStep => ({ kind: 'parallel', steps });

test('fetches of one department meet where as many calls lead to them, in whichever branch', () => {
  const root = fetch('citizens', false);
  const [a, b, c, d, e] = [fetch('health'), fetch('health'), fetch('land'), fetch('land'), fetch('health')];
  const plan = sequence(root.step, parallel(sequence(a.step, c.step), sequence(b.step, d.step), e.step));
  const meetings = meetingsOf(plan);
  expect(meetings.get(a.fetch)).toEqual({ size: 3 });
  expect(meetings.get(b.fetch)).toBe(meetings.get(a.fetch));
  expect(meetings.get(e.fetch)).toBe(meetings.get(a.fetch));
  expect(meetings.get(c.fetch)).toEqual({ size: 2 });
  expect(meetings.get(d.fetch)).toBe(meetings.get(c.fetch));
  expect(meetings.get(root.fetch)).toBeUndefined();
});

test('at another depth, of another department, or for a root field, nobody is met', () => {
  const [root, other] = [fetch('citizens', false), fetch('citizens', false)];
  const [a, b, c] = [fetch('health'), fetch('health'), fetch('land')];
  const meetings = meetingsOf(sequence(parallel(root.step, other.step), parallel(sequence(a.step, b.step), c.step)));
  expect(meetings.size).toBe(0);
});
