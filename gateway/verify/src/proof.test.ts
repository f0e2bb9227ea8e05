import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import * as browser from './browser.ts';
import * as program from './index.ts';
import type { Json } from './json.ts';
import { MadeUpLedger } from './testing/index.ts';

const vectors = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../ledger/vectors/${name}`, import.meta.url), 'utf8'));
const keys = program.readKeys(vectors('jwks.json')) ?? new Map();

describe.each([
  ['Node’s cryptography', program],
  ['WebCrypto', browser],
])('with %s', (_name, { verifyProof, verifyInclusion, verifyConsistency }) => {
  const proof = vectors('proof.json')['record 4'] as Record<string, Json> & {
    common: object;
    entry: { path: string[] };
  };

  test.each<[string, object, string]>([
    ['of another format', { format: 'lienthong-proof/2' }, 'FORMAT'],
    ['with no number', { seq: -1 }, 'FORMAT'],
    ['with hashes that are none', { inclusion: ['x'] }, 'FORMAT'],
    ['with a path without end', { inclusion: Array(65).fill('A'.repeat(43)) }, 'FORMAT'],
    ['about another time', { common: { ...proof.common, text: '{"v":1}' } }, 'RECORD_ROOT'],
    ['about other fields', { entry: { ...proof.entry, text: '{"coordinates":[]}' } }, 'RECORD_ROOT'],
    ['that is not canonical', { entry: { ...proof.entry, text: '{"coordinates": []}' } }, 'PART_FORM'],
    ['with the operation', { entry: { ...proof.entry, slot: 1 } }, 'PART_FORM'],
    ['with an entry in place of what all are told', { common: { ...proof.common, slot: 2 } }, 'PART_FORM'],
    ['with a path that no record has', { entry: { ...proof.entry, path: proof.entry.path.slice(1) } }, 'FORMAT'],
    ['with another slot', { entry: { ...proof.entry, slot: 11 } }, 'RECORD_ROOT'],
    ['with a slot beyond the tree', { entry: { ...proof.entry, slot: 10 + 256 } }, 'RECORD_ROOT'],
    ['with a short path', { entry: { ...proof.entry, path: proof.entry.path.slice(4) } }, 'RECORD_ROOT'],
    ['at another place', { seq: 3 }, 'INCLUSION'],
    ['beyond the head', { seq: 5 }, 'INCLUSION'],
    ['with no path', { inclusion: [] }, 'INCLUSION'],
    ['without a head', { head: null }, 'HEAD_FORM'],
    ['with an altered head', { head: `${String(proof.head).slice(0, -3)}AQA` }, 'HEAD_SIGNATURE'],
  ])('a proof %s proves nothing', async (_what, changes, fault) => {
    expect(await verifyProof({ ...proof, ...changes } as Json, { keys })).toEqual({ ok: false, fault });
  });

  test('a proof by other keys, or of another ledger, proves nothing', async () => {
    const others = program.readKeys(new MadeUpLedger().jwks) ?? new Map();
    expect(await verifyProof(proof, { keys: others })).toEqual({ ok: false, fault: 'HEAD_KEY' });
    expect(await verifyProof(proof, { keys, origin: 'other' })).toEqual({ ok: false, fault: 'HEAD_ORIGIN' });
    expect(await verifyProof(null, { keys })).toEqual({ ok: false, fault: 'FORMAT' });
  });

  test.each([{ use: 'enc' }, { alg: 'ES512' }, { for: 'gw-internal+jwt' }])(
    'a proof by a key that is for something else proves nothing: %j',
    async (change) => {
      const { keys: listed } = vectors('jwks.json') as { keys: object[] };
      const others = program.readKeys({ keys: listed.map((key) => ({ ...key, ...change })) }) ?? new Map();
      expect(await verifyProof(proof, { keys: others })).toEqual({ ok: false, fault: 'HEAD_KEY' });
    },
  );

  test('a record alone, and growth from one head to another', async () => {
    const ledger = new MadeUpLedger();
    const known = program.readKeys(ledger.jwks) ?? new Map();
    const roots: string[] = [];
    const heads = Array.from({ length: 2 }, () => {
      ledger.record();
      const item = ledger.items.at(-1);
      roots.push(item?.is === 'record' ? item.root.toString('base64url') : '');
      return ledger.head();
    });
    const [one = '', two = ''] = heads;
    const [first = '', second = ''] = roots;
    const leaf = (root: string): string => leafOf(root).toString('base64url');

    const included = { recordRoot: second, seq: 1, path: [leaf(first)], head: two };
    expect(await verifyInclusion(included, { keys: known })).toMatchObject({ ok: true, head: { size: 2 } });
    expect(await verifyInclusion({ ...included, seq: 0 }, { keys: known })).toMatchObject({ fault: 'INCLUSION' });
    expect(await verifyInclusion({ ...included, recordRoot: first }, { keys: known })).toMatchObject({ ok: false });
    expect(await verifyInclusion({ ...included, recordRoot: 'x' }, { keys: known })).toMatchObject({ fault: 'FORMAT' });

    const grown = { from: one, to: two, path: [leaf(second)] };
    expect(await verifyConsistency(grown, { keys: known })).toMatchObject({
      ok: true,
      from: { size: 1 },
      to: { size: 2 },
    });
    expect(await verifyConsistency({ ...grown, path: [leaf(first)] }, { keys: known })).toMatchObject({
      fault: 'CONSISTENCY',
    });
    expect(await verifyConsistency({ ...grown, from: two, to: one }, { keys: known })).toMatchObject({ ok: false });
    expect(await verifyConsistency(grown, { keys })).toMatchObject({ fault: 'HEAD_KEY' });

    const signed = (change: object) => {
      const payload = { origin: ledger.origin, size: 1, root: leaf(first), time: ledger.now(), ...change };
      return ledger.jws(payload, 'lienthong-head+jwt');
    };
    // One operator may keep two ledgers under one key.
    const foreign = { ...grown, from: signed({ origin: 'other.example' }) };
    expect(await verifyConsistency(foreign, { keys: known })).toEqual({ ok: false, fault: 'HEAD_ORIGIN' });
    const boast = { ...grown, to: signed({ size: 3, root: ledger.root() }) };
    expect(await verifyConsistency(boast, { keys: known })).toEqual({ ok: false, fault: 'CONSISTENCY' });
  });
});

const leafOf = (root: string): Buffer =>
  createHash('sha256').update(Buffer.of(0)).update(Buffer.from(root, 'base64url')).digest();

/** Every file that is loaded from one, and what these load from elsewhere. */
const loadedFrom = (entry: string): { readonly files: ReadonlySet<string>; readonly others: ReadonlySet<string> } => {
  const files = new Set<string>();
  const others = new Set<string>();
  const visit = (name: string): void => {
    if (files.has(name)) return;
    files.add(name);
    const here = new URL(name, import.meta.url);
    const source = readFileSync(here, 'utf8');
    for (const [, from = ''] of source.matchAll(/(?:import|export)\s(?:[^'"]*?\sfrom\s)?'([^']+)'/g)) {
      if (from.startsWith('.')) visit(new URL(from, here).href);
      else others.add(from);
    }
  };
  visit(entry);
  return { files, others };
};

test('what a page loads is nothing of Node’s, and nothing else of the repository', () => {
  const { files, others } = loadedFrom('./browser.ts');
  expect(files.size).toBeGreaterThan(5);
  expect([...others]).toEqual([]);
});

test('the program has nothing of the repository either, and of Node’s cryptography and bytes', () => {
  const { files, others } = loadedFrom('./index.ts');
  expect(files.size).toBeGreaterThan(15);
  expect([...others].sort()).toEqual(['node:buffer', 'node:crypto']);
});
