import { expect, test } from '@jest/globals';
import { parse } from 'graphql';

import { RecentlyUsed } from './recently-used.ts';
import { weightOf } from './weight.ts';

test('the least recently used goes first, by weight and not by number', async () => {
  const store = new RecentlyUsed<string>(80, ({ length }) => length);
  const part = store.part();
  for (const key of 'abcdefghij') await part.set(key, key.repeat(8));
  expect(await part.get('a')).toBe('a'.repeat(8));
  await part.set('k', 'k');
  expect(await part.get('b')).toBeUndefined();
  expect(await part.get('a')).toBe('a'.repeat(8));
});

test('what is replaced or deleted weighs no more', async () => {
  const store = new RecentlyUsed<string>(80, ({ length }) => length);
  const part = store.part();
  for (let round = 0; round < 30; round += 1) await part.set('a', 'a'.repeat(10));
  for (let round = 0; round < 30; round += 1) {
    await part.set('b', 'b'.repeat(10));
    expect(await part.delete('b')).toBe(true);
  }
  expect(await part.get('a')).toBe('a'.repeat(10));
});

test('one that is heavy drives nothing out and is not kept', async () => {
  const store = new RecentlyUsed<string>(80, ({ length }) => length);
  const part = store.part();
  await part.set('a', 'a');
  await part.set('huge', 'x'.repeat(11));
  expect(await part.get('huge')).toBeUndefined();
  expect(await part.get('a')).toBe('a');
});

test('parts do not find what others keep', async () => {
  const store = new RecentlyUsed<string>(80, ({ length }) => length);
  const [one, two] = [store.part(), store.part()];
  await one.set('a', 'one');
  expect(await two.get('a')).toBeUndefined();
});

test('a document weighs by its text and its tokens, comments included', () => {
  const plain = weightOf(parse('{ a }'));
  expect(weightOf(parse(`{ a } #${'x'.repeat(1_000)}`))).toBeGreaterThan(plain + 1_000);
  expect(weightOf(parse(`{ a } ${'#\n'.repeat(1_000)}`))).toBeGreaterThan(plain + 100_000);
});
