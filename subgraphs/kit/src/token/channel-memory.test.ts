import { expect, test } from '@jest/globals';
import { createChannelMemory } from './channel-memory.ts';

const token = (until: number) => ({
  caller: { subject: 's', clientId: 'c', scopes: new Set<string>() },
  certificate: undefined,
  until,
});

test('a token is found until it ends', () => {
  const memory = createChannelMemory();
  memory.keep('a', token(10));
  expect([memory.find('a', 9)?.until, memory.find('b', 9), memory.find('a', 10)]).toEqual([10, undefined, undefined]);
});

test('the oldest makes room', () => {
  const memory = createChannelMemory(2);
  for (const [index, name] of ['a', 'b', 'c'].entries()) memory.keep(name, token(10 + index));
  expect(['a', 'b', 'c'].map((name) => memory.find(name, 0)?.until)).toEqual([undefined, 11, 12]);
});

test('those that have ended are let go when others come, though nobody asks with them again', () => {
  const memory = createChannelMemory();
  memory.keep('a', token(10));
  memory.keep('b', token(30));
  expect(memory.find('c', 20)).toBeUndefined();
  memory.keep('c', token(50));
  // As of before its end it would be found, were it still there.
  expect([memory.find('a', 5), memory.find('b', 5)?.until]).toEqual([undefined, 30]);
});
