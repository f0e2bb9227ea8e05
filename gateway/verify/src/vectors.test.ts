import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import * as browser from './browser.ts';
import { fromBase64url, toBase64url } from './bytes.ts';
import * as program from './index.ts';
import { type Json, parseCanonical } from './json.ts';
import { leadsTo, leafHash, rootOfLeaf, rootOfPart } from './merkle.ts';
import { node } from './node.ts';
import { innerDepth, LogTree, recordRoot } from './tree.ts';

/** Written by another program, in another language, from docs/ledger.md. */
const file = (name: string): string => readFileSync(new URL(`../../ledger/vectors/${name}`, import.meta.url), 'utf8');
const vectors = (name: string) => JSON.parse(file(name));
const bytes = (text: string): Uint8Array => fromBase64url(text) ?? new Uint8Array();
const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'hex'));

const keys = program.readKeys(vectors('jwks.json')) ?? new Map();

describe('canonical JSON', () => {
  const { canonical, refused } = vectors('canonical.json');
  test.each<{ text: string }>(canonical)('is taken: $text', ({ text }) => {
    expect(parseCanonical(text)).toBeDefined();
  });

  test.each((refused as (string | { text: string })[]).map((each) => [typeof each === 'string' ? each : each.text]))(
    'is refused: %s',
    (text) => {
      expect(parseCanonical(text)).toBeUndefined();
    },
  );
});

interface RecordVector {
  key: string;
  parts: string[];
  depth: number;
  salts: string[];
  paths: { slot: number; path: string[] }[];
  root: string;
  leaf: string;
}

test.each<RecordVector>(vectors('record.json'))(
  'a record of depth $depth',
  async ({ key, parts, depth, root, ...more }) => {
    expect(innerDepth(parts.length)).toBe(depth);
    expect(toBase64url(recordRoot(bytes(key), parts))).toBe(root);
    expect(toBase64url(await leafHash(node, bytes(root)))).toBe(more.leaf);
    for (const { slot, path } of more.paths) {
      const part = { text: Buffer.from(parts[slot] ?? ''), salt: bytes(more.salts[slot] ?? ''), path: path.map(bytes) };
      expect(toBase64url((await rootOfPart(node, { ...part, slot })) ?? new Uint8Array())).toBe(root);
      expect(await rootOfPart(node, { ...part, slot: slot + 2 ** depth })).toBeUndefined();
    }
  },
);

describe('the log', () => {
  const log = vectors('log.json') as {
    entries: string[];
    roots: string[];
    inclusion: { index: number; size: number; path: string[] }[];
    consistency: { first: number; second: number; path: string[] }[];
  };
  const entries = log.entries.map(hex);
  const root = (size: number): Uint8Array => hex(log.roots[size] ?? '');
  const stateAt = (size: number) => ({ size, root: root(size) });

  test('has the same inclusion proofs', async () => {
    expect(log.inclusion.length).toBeGreaterThan(30);
    for (const { index, size, path } of log.inclusion) {
      const leaf = await leafHash(node, entries[index] ?? new Uint8Array());
      const hashes = path.map(hex);
      expect(await rootOfLeaf(node, leaf, index, size, hashes)).toEqual(root(size));
      for (const other of [index - 1, index + 1]) {
        if (other >= 0) expect(await rootOfLeaf(node, leaf, other, size, hashes)).not.toEqual(root(size));
      }
      if (size > 1) expect(await rootOfLeaf(node, leaf, index, size, hashes.slice(1))).not.toEqual(root(size));
      expect(await rootOfLeaf(node, leaf, index, size, [...hashes, leaf])).toBeUndefined();
    }
  });

  test('has the same consistency proofs', async () => {
    expect(log.consistency.length).toBeGreaterThan(20);
    for (const { first, second, path } of log.consistency) {
      const [one, other] = [stateAt(first), stateAt(second)];
      const hashes = path.map(hex);
      expect([first, second, await leadsTo(node, one, other, hashes)]).toEqual([first, second, true]);
      expect(await leadsTo(node, { ...one, root: root(0) }, other, hashes)).toBe(false);
      expect(await leadsTo(node, one, { ...other, root: root(0) }, hashes)).toBe(false);
      expect(await leadsTo(node, one, other, [...hashes, root(1)])).toBe(false);
      if (hashes.length > 0) expect(await leadsTo(node, one, other, hashes.slice(1))).toBe(false);
    }
  });

  test('has the same roots', () => {
    const leaves = Array.from({ length: 700 }, (_, n) => node.sha256(Buffer.from(String(n))));
    const tree = new LogTree();
    for (const [n, leaf] of leaves.entries()) {
      tree.append(leaf);
      if (n < 40 || n % 97 === 0) expect(tree.root()).toEqual(treeHash(leaves.slice(0, n + 1)));
    }
  });
});

/** RFC 9162 §2.1.1 as it reads. */
function treeHash(entries: readonly Uint8Array[]): Uint8Array {
  const [first] = entries;
  if (entries.length === 1 && first) return node.sha256(Buffer.concat([Buffer.of(0), first]));
  let k = 1;
  while (2 * k < entries.length) k *= 2;
  return node.sha256(Buffer.concat([Buffer.of(1), treeHash(entries.slice(0, k)), treeHash(entries.slice(k))]));
}

async function* once(text: string): AsyncGenerator<string> {
  yield text;
}

test('an export', async () => {
  const verdict = await program.verify(once(file('export.jsonl')), { keys, origin: 'data.example/ledger' });
  expect(verdict.faults).toEqual([]);
  expect(verdict).toMatchObject({ ok: true, size: 5, heads: 3, signed: 5, deleted: 0, warnings: [] });
  expect(verdict.kinds).toEqual({ ANSWER: 3, INTENT: 1, OUTCOME: 1 });
  expect([verdict.first, verdict.last]).toEqual(['2026-11-23T02:00:00.000Z', '2026-11-23T02:00:04.000Z']);
});

test('an export after bodies were deleted', async () => {
  const verdict = await program.verify(once(file('export-after-retention.jsonl')), { keys });
  expect(verdict.faults).toEqual([]);
  expect(verdict).toMatchObject({ ok: true, size: 6, heads: 4, deleted: 2, kinds: { RETENTION: 1 } });
});

describe('an export that continues', () => {
  const continued = file('export-continued.jsonl');
  const headOf = (text: string, number: number): string =>
    JSON.parse(text.split('\n').filter((line) => line.startsWith('{"head"'))[number] ?? '').head;

  test('is joined to the head before it', async () => {
    const after = headOf(file('export.jsonl'), 1);
    const verdict = await program.verify(once(continued), { keys, origin: 'data.example/ledger', after });
    expect(verdict.faults).toEqual([]);
    expect(verdict).toMatchObject({ ok: true, from: 3, size: 6, heads: 3, signed: 6, kinds: { RETENTION: 1 } });
    // The OUTCOME in it is of an INTENT before.
    expect(verdict.warnings.map(({ code }) => code)).toEqual(['INTENT_BEFORE']);
  });

  test('is joined to the records before it', async () => {
    const lines = file('export.jsonl').split('\n');
    const root = JSON.parse(headOf(file('export.jsonl'), 1).split('.').map(decoded)[1] ?? '').root;
    const before = [...lines.slice(0, 6), JSON.stringify({ end: { size: 3, root, heads: 2 } }), ''].join('\n');
    const verdict = await program.verifyArchive([once(before), once(continued)], { keys });
    expect(verdict).toMatchObject({ ok: true, faults: [], warnings: [], files: 2, size: 6, signed: 6, deleted: 0 });
  });
});

const decoded = (part: string): string => Buffer.from(part, 'base64url').toString();

describe.each([
  ['Node’s cryptography', program],
  ['WebCrypto', browser],
])('proofs with %s', (_name, { verifyProof }) => {
  const proofs = Object.entries<Record<string, Json>>(vectors('proof.json'));

  test.each(proofs)('%s', async (_which, proof) => {
    expect(await verifyProof(proof, { keys, origin: 'data.example/ledger' })).toMatchObject({
      ok: true,
      seq: proof.seq,
      common: { kind: 'ANSWER', agency: 'H48.53' },
      entry: { subject: 's1.brqWzvpwdY0nnVRm15NtbA' },
      head: { origin: 'data.example/ledger', size: 5, kid: 'vectors' },
    });
  });
});
