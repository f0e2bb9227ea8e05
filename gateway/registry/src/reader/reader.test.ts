import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { openDatabase } from '@lienthong/kit/database';
import { type TestDatabase, testDatabase } from '@lienthong/kit/testing';
import { loadCatalogue } from '@lienthong/schema/catalogue';
import type { RegistryError } from '../problem.ts';
import { RegistryStore } from '../store/store.ts';
import { registration, registryText } from '../testing.ts';
import { openRegistry } from './index.ts';
import type { OpenRegistryOptions, RegistryReader, RegistrySource } from './reader.ts';

jest.setTimeout(20_000);

const opened: RegistryReader[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((reader) => reader.close()));
});

/** A reader that looks often, and the problems it told of. */
const open = async (source: RegistrySource, options: OpenRegistryOptions = {}) => {
  const problems: string[] = [];
  const onProblem = ({ message }: RegistryError) => problems.push(message);
  const reader = await openRegistry(source, { interval: 20, onProblem, ...options });
  opened.push(reader);
  return { reader, problems };
};

/** Waits for what must come. */
const until = async (condition: () => boolean): Promise<void> => {
  for (const end = Date.now() + 10_000; !condition(); await wait(10)) {
    if (Date.now() > end) throw new Error(`it does not come: ${condition}`);
  }
};

const suspended = (org: string) => registryText({ bank: registration({ org, status: 'suspended' }) });

describe('a file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'registry-'));
  const file = join(folder, 'partners.yaml');
  /** Replaced as a whole: a reader never sees half a file. */
  const write = (text: string) => {
    writeFileSync(`${file}.new`, text);
    renameSync(`${file}.new`, file);
  };
  afterAll(() => rmSync(folder, { recursive: true }));

  test('is served, and again when it changes', async () => {
    write(registryText({ bank: registration({ org: 'one' }) }));
    const { reader } = await open({ file });
    expect([reader.partner('bank')?.org, reader.revision]).toEqual(['one', 1]);
    expect(reader.partner('__proto__')).toBeUndefined();
    let told = 0;
    const forget = reader.onChange(() => {
      told += 1;
    });
    write(suspended('two'));
    await until(() => told === 1);
    expect(reader.partner('bank')).toMatchObject({ org: 'two', status: 'suspended' });
    expect(reader.revision).toBe(2);
    forget();
    write(registryText({ other: registration() }));
    await until(() => reader.revision === 3);
    expect([told, reader.partner('bank'), reader.partners.length]).toEqual([1, undefined, 1]);
  });

  test('that breaks leaves the old state, is told about, and ages', async () => {
    write(registryText({ bank: registration({ org: 'one' }) }));
    const { reader, problems } = await open({ file });
    write('partners: { bank: { org: two } }');
    await until(() => problems.length > 0);
    expect(problems[0]).toContain('partners.yaml:1: partners.bank: the key "name" is missing');
    expect(reader.partner('bank')?.org).toBe('one');
    const age = reader.age();
    await until(() => reader.age() > age + 50);
    write(suspended('three'));
    await until(() => reader.partner('bank')?.org === 'three');
    expect(reader.age()).toBeLessThan(5_000);
    expect(problems).toHaveLength(1);
  });

  test('that is broken from the start is refused', async () => {
    write('partners: {}');
    await expect(openRegistry({ file })).rejects.toThrow('must hold at least one partner');
    await expect(openRegistry({ file: join(folder, 'none.yaml') })).rejects.toMatchObject({
      code: 'REGISTRY_UNAVAILABLE',
    });
  });

  test('with demo secrets is refused by production, at start and later', async () => {
    const authentication = { method: 'client_secret_basic', secret: 'demo-bank-khong-dung-that' };
    const demo = registryText({ bank: registration({ authentication }) });
    write(demo);
    await expect(openRegistry({ file }, { environment: 'production' })).rejects.toMatchObject({
      code: 'UNSAFE_IN_PRODUCTION',
    });
    write(registryText({ bank: registration() }));
    const { reader, problems } = await open({ file }, { environment: 'production' });
    write(demo);
    await until(() => problems.length > 0);
    expect(problems[0]).toContain('uses a published demo secret');
    expect(problems[0]).not.toContain('demo-bank-khong');
    expect(reader.partner('bank')?.authentication.method).toBe('private_key_jwt');
  });
});

describe('a database', () => {
  let database: TestDatabase;
  let store: RegistryStore;
  const author = { actor: 'an' };
  beforeAll(async () => {
    database = await testDatabase('registry_reader');
    store = await RegistryStore.open(database.url);
    await store.add(registryText({ bank: registration(), hospital: registration() }), 'test', author);
  });
  afterAll(async () => {
    await store.close();
    await database.drop();
  });

  const sql = async (text: string) => {
    const { pool, close } = openDatabase({ url: database.url, log: { warn: () => undefined } });
    await pool.query(text).finally(close);
  };

  test('is served in order of admission, and every change reaches every reader', async () => {
    const readers = [(await open({ database: database.url })).reader, (await open({ database: database.url })).reader];
    expect(readers[0]?.partners.map(({ client }) => client)).toEqual(['bank', 'hospital']);
    let told = 0;
    readers[0]?.onChange(() => {
      told += 1;
    });
    await store.suspend('bank', author);
    await until(() => readers.every((reader) => reader.partner('bank')?.status === 'suspended'));
    expect(readers[0]?.partner('hospital')?.status).toBe('active');
    await store.add(registryText({ school: registration() }), 'test', author);
    await until(() => readers.every((reader) => reader.partner('school') !== undefined));
    expect(readers[0]?.partners.map(({ client }) => client)).toEqual(['bank', 'hospital', 'school']);
    expect(told).toBe(2);
    await store.resume('bank', author);
  });

  test('that goes away leaves the last state, which ages, and is followed again when it is back', async () => {
    const { reader, problems } = await open({ database: database.url });
    await sql('alter table registry rename to away');
    await until(() => problems.length > 0);
    const age = reader.age();
    await until(() => reader.age() > age + 50);
    expect(reader.partner('bank')?.status).toBe('active');
    await sql('alter table away rename to registry');
    await store.suspend('bank', author);
    await until(() => reader.partner('bank')?.status === 'suspended');
    expect(problems).toHaveLength(1);
    expect(problems[0]).not.toContain(new URL(database.url).password);
    await store.resume('bank', author);
  });

  test('a row that the catalogue no longer allows admits nobody, and nobody else loses by it', async () => {
    const full = loadCatalogue();
    await store.add(
      registryText({
        stale: registration({
          purposes: [{ purpose: 'TTHC', legalBasis: 'CONSENT', scopes: ['citizens:basic:read'] }],
        }),
      }),
      'test',
      author,
    );
    const catalogue = { ...full, purposes: new Map([...full.purposes].filter(([code]) => code !== 'TTHC')) };
    const { reader, problems } = await open({ database: database.url }, { catalogue });
    expect(problems[0]).toMatch(/^registry: partners\.stale\.purposes\[0\]\.purpose: is not in the catalogue/);
    expect(reader.partner('stale')).toBeUndefined();
    expect(reader.partner('bank')?.status).toBe('active');
    await store.suspend('bank', author);
    await until(() => reader.partner('bank')?.status === 'suspended');
  });

  test('that is restored to an earlier state is read anew', async () => {
    const other = await testDatabase('registry_restored');
    const restored = await RegistryStore.open(other.url);
    await restored.add(registryText({ a: registration(), b: registration(), c: registration() }), 'test', author);
    const { reader } = await open({ database: other.url });
    const run = async (statement: string) => {
      const { pool, close } = openDatabase({ url: other.url, log: { warn: () => undefined } });
      await pool.query(statement).finally(close);
    };
    await run(`begin;
      alter table partners disable trigger user; alter table partner_events disable trigger user;
      delete from partners where client <> 'a'; delete from partner_events where client <> 'a';
      update registry set revision = 1; commit`);
    await until(() => reader.revision === 1);
    expect(reader.partners.map(({ client }) => client)).toEqual(['a']);
    await reader.close();
    await restored.close();
    await other.drop();
  });

  test('with demo secrets is refused by production', async () => {
    const authentication = { method: 'client_secret_basic', secret: 'demo-x-khong-dung-that' };
    await store.add(registryText({ demo: registration({ authentication }) }), 'test', author);
    await expect(openRegistry({ database: database.url }, { environment: 'production' })).rejects.toMatchObject({
      code: 'UNSAFE_IN_PRODUCTION',
    });
  });

  test('that cannot be had is told by code, without its address', async () => {
    const wrong = new URL(database.url);
    wrong.password = 'sai-mat-khau';
    const refusal = await openRegistry({ database: wrong.href }).catch((error: RegistryError) => error.message);
    expect(refusal).toContain('does not answer (28P01)');
    expect(refusal).not.toContain('sai-mat-khau');
    await expect(openRegistry({ database: 'postgres://127.0.0.1:1/x' }, { patience: 0 })).rejects.toThrow(
      'ECONNREFUSED',
    );
    const empty = await testDatabase('registry_empty');
    await expect(openRegistry({ database: empty.url }, { patience: 0 })).rejects.toThrow('has no tables yet');
    await empty.drop();
  });
});
