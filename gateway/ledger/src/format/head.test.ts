import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import type { JSONWebKeySet } from 'jose';
import { exportLines, vectors } from '../testing/vectors.ts';
import { signHead, signRetention, verifyHead } from './head.ts';
import { rootByPath } from './inner-tree.ts';
import { keySigner } from './jws.ts';
import { leafHash, verifyInclusion } from './log-tree.ts';
import { decodeHash, encodeHash, type Hash, sha256 } from './sha256.ts';

const jwks = vectors('jwks.json');
const proofs = vectors('proof.json');

const ORIGIN = 'data.example/ledger';
const keys: JSONWebKeySet = jwks;
// RFC 8037, appendix A.1: the public key of the vectors has a private half that everybody knows.
const d = 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A';
const [jwk] = jwks.keys;
const vectorSigner = keySigner(createPrivateKey({ key: { ...jwk, d }, format: 'jwk' }), 'vectors');

const heads = exportLines('export.jsonl')
  .map((line): { head?: string } => JSON.parse(line))
  .flatMap(({ head }) => head ?? []);

describe('a head', () => {
  const head = { origin: ORIGIN, size: 3, root: sha256(Buffer.from('root')), time: '2026-11-23T02:01:03.000Z' };

  test('of the vectors is true', async () => {
    expect(heads).toHaveLength(3);
    for (const one of heads) expect(await verifyHead(one, ORIGIN, keys)).toMatchObject({ origin: ORIGIN });
  });

  test('is read back, from either kind of key', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const other = { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'ec' }] };
    const signed = await signHead(head, keySigner(privateKey, 'ec'));
    expect(await verifyHead(signed.jws, ORIGIN, other)).toEqual({ ...head, jws: signed.jws });
    expect(await verifyHead(signed.jws, ORIGIN, keys)).toBeUndefined();
    const vector = await signHead(head, vectorSigner);
    expect(await verifyHead(vector.jws, ORIGIN, keys)).toEqual({ ...head, jws: vector.jws });
  });

  test('outlives its key, which signs none after its end', async () => {
    const { jws } = await signHead(head, vectorSigner);
    const ending = (exp: number) => ({ keys: [{ ...jwk, kid: 'vectors', exp }] });
    const signedAt = Date.parse(head.time) / 1_000;
    expect(await verifyHead(jws, ORIGIN, ending(signedAt))).toMatchObject({ size: 3 });
    expect(await verifyHead(jws, ORIGIN, ending(signedAt - 1))).toBeUndefined();
  });

  test('of another ledger, with another byte, or of another type is none', async () => {
    const { jws } = await signHead(head, vectorSigner);
    expect(await verifyHead(jws, 'other.example/ledger', keys)).toBeUndefined();
    const [header, payload, signature] = jws.split('.');
    const altered = Buffer.from(JSON.stringify({ ...head, size: 4, root: encodeHash(head.root) })).toString(
      'base64url',
    );
    expect(await verifyHead([header, altered, signature].join('.'), ORIGIN, keys)).toBeUndefined();
    expect(await verifyHead([header, payload].join('.'), ORIGIN, keys)).toBeUndefined();
    const retention = await signRetention({ origin: ORIGIN, id: 'i', from: 0, to: 1, before: head.time }, vectorSigner);
    expect(await verifyHead(retention, ORIGIN, keys)).toBeUndefined();
  });

  test('is not signed with RSA', () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    expect(() => keySigner(privateKey, 'rsa')).toThrow(TypeError);
  });
});

test.each(Object.entries(proofs))('the proof of %s leads to its head', async (_, proof) => {
  const hash = (text: string): Hash => decodeHash(text) ?? sha256(new Uint8Array(1));
  const roots = [proof.common, proof.entry].map(({ text, salt, slot, path }) =>
    rootByPath(text, hash(salt), slot, path.map(hash)),
  );
  const [root, same] = roots;
  expect(root).toBe(same);
  const head = await verifyHead(proof.head, ORIGIN, keys);
  if (root === undefined || head === undefined) throw new TypeError('no root or no head');
  expect(verifyInclusion(leafHash(root), proof.seq, head.size, proof.inclusion.map(hash), head.root)).toBe(true);
});
