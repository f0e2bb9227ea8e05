import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type TestDatabase, testDatabase } from '@lienthong/kit/testing';
import { pino } from 'pino';
import { memoryStore } from './memory.ts';
import { postgresStore } from './postgres.ts';
import type { Store } from './store.ts';

const log = pino({ level: 'silent' });
let database: TestDatabase;
let stores: Record<string, Store>;

beforeAll(async () => {
  database = await testDatabase('issuer');
  // Two processes of one issuer that start together.
  const [first, second] = await Promise.all([postgresStore(database.url, log), postgresStore(database.url, log)]);
  stores = { memory: memoryStore(), postgres: first, second };
});
afterAll(async () => {
  await Promise.all(Object.values(stores).map((store) => store.close()));
  await database.drop();
});

const soon = () => Date.now() / 1_000 + 60;

describe.each(['memory', 'postgres'])('%s', (kind) => {
  const store = (): Store => stores[kind] as Store;

  test('answers what was put, under its model and id alone', async () => {
    const payload = { scope: 'a', nested: { list: [1, 'Hiếu'] } };
    await store().put({ model: 'Code', id: 'x', payload, expires: soon() });
    expect(await store().get('Code', 'x')).toEqual(payload);
    expect(await store().get('Other', 'x')).toBeUndefined();
    expect(await store().get('Code', 'y')).toBeUndefined();
    await store().delete('Code', 'x');
    expect(await store().get('Code', 'x')).toBeUndefined();
  });

  test('replaces a record that is put again', async () => {
    for (const count of [1, 2]) await store().put({ model: 'M', id: 'r', payload: { count }, expires: soon() });
    expect(await store().get('M', 'r')).toEqual({ count: 2 });
  });

  test('answers nothing that has expired', async () => {
    const expires = Date.now() / 1_000 - 1;
    await store().put({ model: 'M', id: 'old', payload: {}, expires, grantId: 'g0', uid: 'u0' });
    expect(await store().get('M', 'old')).toBeUndefined();
    expect(await store().getByUid('M', 'u0')).toBeUndefined();
    expect(await store().ofGrant('M', 'g0')).toEqual([]);
    expect(await store().consume('M', 'old')).toBe(false);
  });

  test('finds by uid and by grant, and deletes what came from a grant', async () => {
    await store().put({ model: 'M', id: 'a', payload: { id: 'a' }, expires: soon(), grantId: 'g', uid: 'u' });
    await store().put({ model: 'N', id: 'b', payload: { id: 'b' }, expires: soon(), grantId: 'g' });
    expect(await store().getByUid('M', 'u')).toEqual({ id: 'a' });
    expect(await store().ofGrant('N', 'g')).toEqual([{ id: 'b' }]);
    await store().deleteByGrant('M', 'g');
    expect(await store().get('M', 'a')).toBeUndefined();
    expect(await store().get('N', 'b')).toEqual({ id: 'b' });
  });

  test('lets a record be used once, however many try at once', async () => {
    await store().put({ model: 'Code', id: 'c', payload: {}, expires: soon() });
    const tries = await Promise.all(Array.from({ length: 20 }, () => store().consume('Code', 'c')));
    expect(tries.filter(Boolean)).toHaveLength(1);
    expect(await store().get('Code', 'c')).toEqual({ consumed: expect.any(Number) });
  });

  test('remembers an id once, and again after it is over', async () => {
    const tries = await Promise.all(Array.from({ length: 20 }, () => store().once('jti', soon())));
    expect(tries.filter(Boolean)).toHaveLength(1);
    expect(await store().once('over', Date.now() / 1_000 - 5)).toBe(true);
    expect(await store().once('over', soon())).toBe(true);
  });
});

test('two processes never both use one record or one id', async () => {
  const both = [stores.postgres as Store, stores.second as Store];
  await both[0]?.put({ model: 'Code', id: 'shared', payload: {}, expires: soon() });
  const used = await Promise.all(
    both.flatMap((store) => [store, store]).map((store) => store.consume('Code', 'shared')),
  );
  const spent = await Promise.all(both.flatMap((store) => [store, store]).map((store) => store.once('shared', soon())));
  expect([used, spent].map((answers) => answers.filter(Boolean).length)).toEqual([1, 1]);
});

test('the database holds no id that could be spent', async () => {
  const store = stores.postgres as Store;
  await store.put({ model: 'Code', id: 'the-secret-code', payload: { a: 1 }, expires: soon(), uid: 'the-uid' });
  const { default: pg } = await import('pg');
  const client = new pg.Client(database.url);
  await client.connect();
  const { rows } = await client.query('select * from issuer_records');
  await client.end();
  expect(JSON.stringify(rows)).not.toMatch(/the-secret-code|the-uid/);
});
