import { expect, test } from '@jest/globals';
import { layoutOnlyStorage } from './storage.ts';

test('only the layout reaches the browser’s storage; queries, variables and headers stay in memory', () => {
  const kept = new Map<string, string>();
  const persistent: Storage = {
    length: 0,
    key: () => null,
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
    clear: () => kept.clear(),
  };
  const storage = layoutOnlyStorage(persistent);
  for (const key of ['graphiql:tabState', 'graphiql:headers', 'graphiql:queries', 'graphiql:editorFlex']) {
    storage.setItem(key, `value of ${key}`);
    expect(storage.getItem(key)).toBe(`value of ${key}`);
  }
  expect([...kept.keys()]).toEqual(['graphiql:editorFlex']);

  storage.removeItem('graphiql:headers');
  expect(storage.getItem('graphiql:headers')).toBeNull();
  storage.clear();
  expect([storage.length, kept.size]).toEqual([0, 0]);
});
