import { expect, test } from '@jest/globals';

import type { CompiledFetch, SharedCall } from './compile.ts';
import { sharedCalls } from './shared-calls.ts';

test('calls are remembered, and never as many as there are ways for fetches to meet', () => {
  const compiled: string[] = [];
  const call = sharedCalls((fetches) => {
    const shared = { parts: fetches } as unknown as SharedCall;
    compiled.push(fetches.map(({ id }) => id).join(' '));
    return shared;
  });
  const meeting = (...ids: number[]) => ids.map((id) => ({ id }) as CompiledFetch);
  const first = call(meeting(1, 2));
  expect(call(meeting(1, 2))).toBe(first);
  expect(call(meeting(2, 1))).not.toBe(first);
  for (let n = 3; n < 200; n += 1) call(meeting(1, n));
  expect(call(meeting(1, 2))).not.toBe(first);
  expect(compiled.filter((each) => each === '1 2')).toHaveLength(2);
});
