import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openDatabase } from '@lienthong/kit/database';
import { type TestDatabase, testDatabase, testServerUrl } from '@lienthong/kit/testing';
import { documentOf } from '../document/write.ts';
import { developmentRegistry, loadRegistryFile } from '../file.ts';
import type { PartnerAuthentication } from '../partner.ts';
import { openRegistry } from '../reader/index.ts';
import { publicKey, registration, registryText } from '../testing.ts';
import { RegistryStore } from './store.ts';

let database: TestDatabase;
let store: RegistryStore;
const author = { actor: 'an' };

beforeAll(async () => {
  database = await testDatabase('registry');
  store = await RegistryStore.open(database.url);
});
afterAll(async () => {
  await store.close();
  await database.drop();
});

let made = 0;
/** Admits one partner under a new client id. */
const admit = async (change = {}): Promise<string> => {
  made += 1;
  const client = `doi-tac-${made}`;
  await store.add(registryText({ [client]: registration(change) }), 'test', author);
  return client;
};

const sql = async (text: string, url = database.url) => {
  const { pool, close } = openDatabase({ url, log: { warn: () => undefined } });
  try {
    return await pool.query(text);
  } finally {
    await close();
  }
};

const changes = async (client: string) => (await store.history(client)).map(({ change }) => change);

describe('a partner', () => {
  test('is admitted, changed, suspended, resumed and removed, each with its event', async () => {
    const client = await admit();
    const key = publicKey('2027');
    await store.rotate(client, { method: 'private_key_jwt', keys: [key] }, author);
    await store.update(registryText({ [client]: registration({ org: 'bank-2' }) }), 'test', author);
    await store.suspend(client, { ...author, reason: 'thẻ lộ' });
    expect(await store.show(client)).toMatchObject({
      status: 'suspended',
      partner: { status: 'suspended', org: 'bank-2' },
    });
    await store.resume(client, author);
    await store.remove(client, author);
    expect(await store.show(client)).toMatchObject({ status: 'removed', partner: { status: 'removed' } });
    expect(await changes(client)).toEqual(['add', 'rotate', 'update', 'suspend', 'resume', 'remove']);
    const suspended = (await store.history(client)).find(({ change }) => change === 'suspend');
    expect(suspended).toMatchObject({
      actor: 'an',
      reason: 'thẻ lộ',
      before: { status: 'active', org: 'bank-2' },
      after: { status: 'suspended', org: 'bank-2' },
    });
    expect(suspended?.sessionRole).toMatch(/^registry_/);
  });

  test('is what its registration says, over the database and back', async () => {
    const partners = loadRegistryFile(developmentRegistry, {});
    const clients = Object.fromEntries(partners.map((partner) => [`demo-${partner.client}`, documentOf(partner)]));
    await store.add(registryText(clients), 'test', author);
    for (const partner of partners) {
      const stored = await store.show(`demo-${partner.client}`);
      expect(stored?.partner).toEqual({ ...partner, client: `demo-${partner.client}` });
    }
  });

  test('is bound by DPoP unless its registration says otherwise', async () => {
    expect((await store.show(await admit()))?.partner?.bound).toBe('dpop');
    expect((await store.show(await admit({ bound: 'none' })))?.partner?.bound).toBe('none');
  });

  test('removed for good, cannot be changed, and nobody gets its client id', async () => {
    const client = await admit();
    await store.remove(client, author);
    await expect(store.resume(client, author)).rejects.toMatchObject({ code: 'CLIENT_REMOVED' });
    const text = registryText({ [client]: registration() });
    await expect(store.add(text, 'test', author)).rejects.toMatchObject({ code: 'CLIENT_TAKEN' });
    await expect(store.update(text, 'test', author)).rejects.toMatchObject({ code: 'CLIENT_REMOVED' });
  });

  test('that nobody admitted cannot be changed', async () => {
    await expect(store.suspend('khong-co', author)).rejects.toMatchObject({ code: 'CLIENT_UNKNOWN' });
    expect(await store.show('khong-co')).toBeUndefined();
  });

  test('suspended already is not suspended again', async () => {
    const client = await admit();
    await store.suspend(client, author);
    await expect(store.suspend(client, author)).rejects.toMatchObject({ code: 'NOTHING_TO_CHANGE' });
    expect(await changes(client)).toEqual(['add', 'suspend']);
  });
});

describe('keys', () => {
  const kids = async (client: string) => {
    const authentication = (await store.show(client))?.partner?.authentication as PartnerAuthentication;
    return authentication.method === 'private_key_jwt'
      ? authentication.keys.map(({ kid }) => kid)
      : authentication.method;
  };
  const keys = (...names: string[]) => ({ method: 'private_key_jwt' as const, keys: names.map(publicKey) });

  test('rotate at once, or without a gap', async () => {
    const client = await admit();
    await store.rotate(client, keys('2027'), author, true);
    expect(await kids(client)).toEqual(['2027', '2026']);
    await store.rotate(client, keys('2028'), author);
    expect(await kids(client)).toEqual(['2028']);
  });

  test('of one kid do not stand side by side', async () => {
    const client = await admit();
    await expect(store.rotate(client, keys('2026'), author, true)).rejects.toMatchObject({ code: 'REGISTRY_INVALID' });
    expect(await changes(client)).toEqual(['add']);
  });
});

test('of several updated together, those that differ are changed', async () => {
  const [one, two] = [await admit(), await admit()];
  const { document } = (await store.show(one)) ?? {};
  const text = registryText({ [one]: document ?? {}, [two]: registration({ org: 'other' }) });
  expect((await store.update(text, 'test', author)).map(({ client }) => client)).toEqual([two]);
  expect([await changes(one), await changes(two)]).toEqual([['add'], ['add', 'update']]);
  await expect(store.update(registryText({ [one]: document ?? {} }), 'test', author)).rejects.toMatchObject({
    code: 'NOTHING_TO_CHANGE',
  });
});

test('several partners are admitted together or not at all', async () => {
  const taken = await admit();
  const text = registryText({ 'moi-1': registration(), [taken]: registration() });
  await expect(store.add(text, 'test', author)).rejects.toMatchObject({ code: 'CLIENT_TAKEN' });
  expect(await store.show('moi-1')).toBeUndefined();
});

test('an author who has seen an older state changes nothing', async () => {
  const client = await admit();
  const seen = (await store.show(client))?.revision ?? 0;
  await store.suspend(client, { ...author, expected: seen });
  await expect(store.resume(client, { ...author, expected: seen })).rejects.toMatchObject({
    code: 'CHANGED_MEANWHILE',
  });
  expect((await store.show(client))?.status).toBe('suspended');
});

test('twenty changes at once become twenty events in one order', async () => {
  const before = (await store.history()).length;
  await Promise.all(Array.from({ length: 20 }, () => admit()));
  const events = await store.history();
  expect(events).toHaveLength(before + 20);
  expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_event, index) => index + 1));
});

test('what has ended is not admitted', async () => {
  const text = registryText({ 'het-han': registration({ expires: '2026-01-31' }) });
  await expect(store.add(text, 'test', author)).rejects.toMatchObject({
    problems: [{ key: 'partners.het-han.expires', messages: { en: expect.stringContaining('day in the future') } }],
  });
});

test('no secret stands in the records', async () => {
  const client = await admit({
    authentication: { method: 'client_secret_basic', secret: 'bi-mat-cua-toi' },
    bound: 'none',
  });
  await store.suspend(client, author);
  expect(JSON.stringify(await store.history(client))).toContain('client_secret_basic');
  expect(JSON.stringify(await store.history())).not.toContain('bi-mat-cua-toi');
});

test('production admits no shared secret', async () => {
  const production = await RegistryStore.open(database.url, { environment: 'production' });
  const authentication = { method: 'client_secret_basic', secret: 'x'.repeat(64) };
  const text = registryText({ 'bi-mat': registration({ authentication }) });
  await expect(production.add(text, 'test', author)).rejects.toMatchObject({ code: 'UNSAFE_IN_PRODUCTION' });
  await production.close();
});

describe('the database itself refuses', () => {
  test.each([
    ['to change an event', "update partner_events set actor = 'x'", 'append-only'],
    ['to delete events', 'delete from partner_events', 'append-only'],
    ['to empty the events', 'truncate partner_events cascade', 'append-only'],
    ['to delete a partner', 'delete from partners', 'append-only'],
    ['a change without an event', "update partners set status = 'active'", 'needs an event'],
    [
      'a change under an event that is not there',
      "update partners set revision = revision + 100000 where status = 'active'",
      'foreign key',
    ],
    [
      "a change under another partner's event",
      "update partners set revision = (select max(sequence) from partner_events) where client = 'doi-tac-2'",
      'foreign key',
    ],
    [
      'a partner without an event',
      "insert into partners values ('x', 'active', '{}', 9999999, 9999999)",
      'foreign key',
    ],
  ])('%s', async (_what, statement, message) => {
    await admit();
    await expect(sql(statement)).rejects.toThrow(message);
  });
});

test('in production one role changes partners, one reads them, and neither owns what it works with', async () => {
  const admin = openDatabase({ url: testServerUrl(), log: { warn: () => undefined } });
  const names = ['registry_writer', 'registry_reader'].map((name) => `${name}_${randomBytes(6).toString('hex')}`);
  const [writer = '', reader = ''] = names;
  const databaseName = new URL(database.url).pathname.slice(1);
  const urlOf = (role: string) => {
    const url = new URL(database.url);
    url.username = role;
    url.password = 'test';
    return url.href;
  };
  for (const role of names) {
    await admin.pool.query(`create role ${role} login password 'test'`);
    await admin.pool.query(`grant connect on database ${databaseName} to ${role}`);
  }
  const grants = readFileSync(new URL('../../roles.sql', import.meta.url), 'utf8');
  await sql(grants.replaceAll('registry_writer', writer).replaceAll('registry_reader', reader));

  const client = await admit();
  const operators = await RegistryStore.open(urlOf(writer));
  await operators.suspend(client, author);
  expect((await operators.history(client)).at(-1)).toMatchObject({ change: 'suspend', sessionRole: writer });
  await operators.close();
  const readers = await openRegistry({ database: urlOf(reader) });
  expect(readers.partner(client)?.status).toBe('suspended');
  await readers.close();

  for (const [role, statement] of [
    [reader, "insert into partner_events values (99, now(), 'x', 'x', 'x', 'add', null, null, '{}')"],
    [reader, "update partners set status = 'active'"],
    [writer, 'alter table partner_events disable trigger user'],
    [writer, "update partner_events set actor = 'x'"],
    [writer, 'drop table partner_events'],
  ] as const) {
    await expect(sql(statement, urlOf(role))).rejects.toThrow(/permission denied|must be owner/);
  }
  for (const role of names) {
    await sql(`revoke all on all tables in schema public from ${role}; revoke all on schema public from ${role}`);
    await admin.pool.query(`revoke all on database ${databaseName} from ${role}; drop role ${role}`);
  }
  await admin.close();
});

describe('a persisted document', () => {
  const body = '{ me { name } }\n';

  test('is registered and withdrawn, each with its event, and readers know', async () => {
    const client = await admit({ persistedDocumentsOnly: true });
    const hash = await store.addDocument(client, { name: 'Ai', purpose: 'KYC', body }, author);
    expect((await store.show(client))?.partner?.documents).toEqual([{ name: 'Ai', purpose: 'KYC', hash, body }]);
    const reader = await openRegistry({ database: database.url });
    expect(reader.partner(client)?.documents).toEqual([{ name: 'Ai', purpose: 'KYC', hash, body }]);
    await reader.close();
    await store.removeDocument(client, hash, author, 'KYC');
    expect((await store.show(client))?.partner?.documents).toBeUndefined();
    expect(await changes(client)).toEqual(['add', 'document-add', 'document-remove']);
    expect((await store.history(client))[1]).toMatchObject({ actor: 'an', after: { documents: [{ hash, body }] } });
  });

  test('stays through a rotation of keys', async () => {
    const client = await admit();
    const hash = await store.addDocument(client, { purpose: 'KYC', body }, author);
    await store.rotate(client, { method: 'private_key_jwt', keys: [publicKey('2028')] }, author);
    expect((await store.show(client))?.partner?.documents).toMatchObject([{ hash }]);
  });

  test('is refused twice, for a purpose that is not registered, and where it is no GraphQL', async () => {
    const client = await admit();
    const hash = await store.addDocument(client, { purpose: 'KYC', body }, author);
    const again = store.addDocument(client, { purpose: 'KYC', body }, author);
    await expect(again).rejects.toMatchObject({ code: 'NOTHING_TO_CHANGE' });
    const foreign = store.addDocument(client, { purpose: 'TTHC', body }, author);
    await expect(foreign).rejects.toMatchObject({ code: 'REGISTRY_INVALID' });
    const broken = store.addDocument(client, { purpose: 'KYC', body: '{' }, author);
    await expect(broken).rejects.toMatchObject({ code: 'REGISTRY_INVALID' });
    const unknown = store.removeDocument(client, hash, author, 'TTHC');
    await expect(unknown).rejects.toMatchObject({ code: 'DOCUMENT_UNKNOWN' });
    expect(await changes(client)).toEqual(['add', 'document-add']);
  });
});
