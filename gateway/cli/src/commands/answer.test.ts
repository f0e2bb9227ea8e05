import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, jest, test } from '@jest/globals';
import { CommandError } from '../command-error.ts';
import { verify } from './answer.ts';

const folder = mkdtempSync(join(tmpdir(), 'answer-'));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => {
  jest.restoreAllMocks();
  process.exitCode = 0;
});

const kept = (name: string, text: string): string => {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
};
const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const good = { ...publicKey.export({ format: 'jwk' }), kid: 'good', use: 'sig' };

describe('a JWK Set with keys that cannot be read', () => {
  const keys = [
    { ...good, kid: 'off the curve', y: good.x },
    { ...good, kid: 'no certificate', x5c: ['AAAA'] },
    { kty: 'EC', crv: 'P-256', kid: 'no point' },
    { kty: 'AKP', alg: 'ML-DSA-44', kid: 'of later times', pub: 'AAAA' },
    'no key',
    null,
    good,
  ];

  /** What was kept of an answer that names this key and is not signed by it. */
  const answer = (keyid: string, jwks: object = { keys }) => {
    const input = `signature-input: answer=("@status");created=1;keyid="${keyid}";alg="x";tag="lienthong-answer"`;
    const headers = kept('headers', `HTTP/1.1 200 OK\r\n${input}\r\nsignature: answer=:AAAA:\r\n`);
    return { headers, body: kept('body', '{}'), keys: kept('jwks.json', JSON.stringify(jwks)) };
  };

  const refusal = async (...named: Parameters<typeof answer>) => {
    const error: unknown = await verify(answer(...named), 'en').catch((reason: unknown) => reason);
    if (!(error instanceof CommandError)) throw error;
    return { code: error.code, detail: error.detail };
  };

  test('verifies with those that can (RFC 7517 §5)', async () => {
    expect(await refusal('good')).toMatchObject({ code: 'ANSWER_SIGNATURE' });
  });

  test('names them where no key fits', async () => {
    const { code, detail } = await refusal('no certificate');
    expect(code).toBe('ANSWER_KEY_UNKNOWN');
    expect(detail).toMatch(/"off the curve": .+\n.*"no certificate": .+\n.*"no point": .+$/);
    expect(detail).not.toMatch(/good|later/);
  });

  test('names them on stderr besides JSON', async () => {
    jest.spyOn(process.stdout, 'write').mockReturnValue(true);
    const stderr = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
    await verify({ ...answer('no point'), json: true }, 'en');
    expect(stderr).toHaveBeenCalledWith(expect.stringContaining('"no certificate": '));
  });

  test('says nothing of them where there are none', async () => {
    expect(await refusal('another', { keys: [good] })).toEqual({ code: 'ANSWER_KEY_UNKNOWN', detail: undefined });
  });
});
