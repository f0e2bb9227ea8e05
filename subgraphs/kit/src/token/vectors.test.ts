import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { createLocalJWKSet, type JSONWebKeySet } from 'jose';
import { listed, type Vector, type Vectors, withList } from '../../vectors/page.ts';
import { TokenRefused } from './reasons.ts';
import { createReplayMemory } from './replay.ts';
import { createTokenVerifier, type TokenBinding } from './verify.ts';

const document = (name: string) => new URL(`../../../../docs/departments/${name}`, import.meta.url);
const file = JSON.parse(readFileSync(document('vectors.json'), 'utf8')) as Vectors;
const page = readFileSync(document('verifying.md'), 'utf8');

const replay = createReplayMemory();
const verifierOf = (binding: TokenBinding) =>
  createTokenVerifier({
    department: file.department,
    keys: createLocalJWKSet(file.jwks as unknown as JSONWebKeySet),
    binding,
    replay,
    now: () => new Date(file.time * 1000),
  });
const verifiers = { body: verifierOf('body'), channel: verifierOf('channel') };

const answer = async ({ binding, channel, headers, body }: Vector): Promise<Vector['expected']> => {
  const { authorization, 'x-request-id': requestId } = headers;
  try {
    const admission = await verifiers[binding].verify({
      authorization: authorization ?? undefined,
      requestId: requestId ?? undefined,
      body: Buffer.from(body, 'utf8'),
      channel: { ...channel, certificate: channel.certificate ?? undefined },
    });
    if (admission.kind !== 'caller') throw new Error('a deployer');
    const { caller, requestId: id } = admission;
    return { status: 200, requestId: id, caller: { ...caller, scopes: [...caller.scopes] } };
  } catch (error) {
    if (error instanceof TokenRefused) return { status: 401, reason: error.reason };
    throw error;
  }
};

describe('the vectors of docs/departments', () => {
  test.each(file.vectors.map((vector, index) => ({ title: `${index + 1}. ${vector.name}`, vector })))(
    '$title',
    async ({ vector }) => {
      expect(await answer(vector)).toEqual(vector.expected);
    },
  );

  test('reach every reason that a department may give for a token of the gateway', () => {
    const given = file.vectors.flatMap(({ expected }) => (expected.status === 401 ? [expected.reason] : []));
    expect([...new Set(given)].sort()).toEqual(
      'algorithm audience body channel claims expired issuer key lifetime malformed missing not_yet_valid replayed signature type'.split(
        ' ',
      ),
    );
  });

  test('are listed on the page as they are in the file', () => {
    expect(page).toBe(withList(page, listed(file)));
  });

  test('hold no private key', () => {
    expect(file.jwks.keys.map((key) => Object.keys(key).sort())).toEqual([
      ['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y'],
    ]);
  });
});
