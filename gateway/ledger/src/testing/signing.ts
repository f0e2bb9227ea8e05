import { generateKeyPairSync } from 'node:crypto';
import type { JSONWebKeySet } from 'jose';
import { keySigner } from '../format/index.ts';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');

/** The origin, the key and the public keys of the tests. */
export const ORIGIN = 'data.example/ledger';
export const signer = keySigner(privateKey, 'test');
export const keys: JSONWebKeySet = {
  keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'test', alg: 'EdDSA', use: 'sig' }],
};
