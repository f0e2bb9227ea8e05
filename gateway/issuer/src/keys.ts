import { randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose';
import type { Environment } from './config.ts';
import { StartError } from './errors.ts';

/** Private signing keys; the first signs, all are published, so that a key can be announced before it is used. */
export interface PrivateKeys {
  readonly keys: readonly JWK[];
}

/**
 * Reads the private JWKS. In development a missing file is made, so that tokens stay good over a restart; in
 * production it must be there and be readable by its owner alone.
 *
 * @throws StartError
 */
export async function loadKeys(file: string, environment: Environment): Promise<PrivateKeys> {
  const text = readIfThere(file);
  if (text === undefined && environment === 'production') {
    throw new StartError('KEYS_MISSING', {
      vi: `không có tệp khóa ${file}; tạo bằng: ISSUER_KEYS_FILE=${file} node --import tsx gateway/issuer/src/main.ts make-keys`,
      en: `no key file ${file}; make it with: ISSUER_KEYS_FILE=${file} node --import tsx gateway/issuer/src/main.ts make-keys`,
    });
  }
  if (environment === 'production' && (statSync(file).mode & 0o077) !== 0) {
    throw new StartError('KEYS_EXPOSED', {
      vi: `người dùng khác đọc được tệp khóa ${file}; chạy: chmod 600 ${file}`,
      en: `other users can read the key file ${file}; run: chmod 600 ${file}`,
    });
  }
  return parseKeys(text ?? (await makeKeys(file)), file);
}

/** Makes a key file with one new ES256 key and answers its text; a file that is there already is left and answered. */
export async function makeKeys(file: string): Promise<string> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = await exportJWK(privateKey);
  const kid = await calculateJwkThumbprint(jwk);
  const text = `${JSON.stringify({ keys: [{ ...jwk, kid, alg: 'ES256', use: 'sig' }] }, null, 2)}\n`;
  const draft = `${file}.${randomUUID()}`;
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(draft, text, { mode: 0o600, flag: 'wx' });
  try {
    // link(2) never replaces: of two issuers that start at once, both end with the key of the first.
    linkSync(draft, file);
    return text;
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error;
    return readFileSync(file, 'utf8');
  } finally {
    rmSync(draft);
  }
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined;
    throw new StartError('KEYS_UNREADABLE', {
      vi: `không đọc được tệp khóa ${file}; kiểm tra quyền truy cập`,
      en: `cannot read the key file ${file}; check its permissions`,
    });
  }
}

async function parseKeys(text: string, file: string): Promise<PrivateKeys> {
  try {
    const { keys } = JSON.parse(text) as PrivateKeys;
    for (const jwk of keys) {
      if (jwk.kty !== 'EC' || jwk.crv !== 'P-256' || !jwk.kid || !jwk.d) throw new Error('not a private ES256 key');
      await importJWK(jwk, 'ES256');
    }
    if (keys.length === 0 || new Set(keys.map(({ kid }) => kid)).size !== keys.length) throw new Error('kid');
    return { keys: keys.map((jwk) => ({ ...jwk, alg: 'ES256', use: 'sig' })) };
  } catch {
    // The cause is not passed on: a parser's message may quote the file, and the file is the private key.
    throw new StartError('KEYS_INVALID', {
      vi: `tệp khóa ${file} phải là JWKS gồm các khóa riêng EC P-256, mỗi khóa một "kid" khác nhau`,
      en: `the key file ${file} must be a JWKS of private EC P-256 keys, each with its own "kid"`,
    });
  }
}

const isCode = (error: unknown, code: string): boolean => (error as NodeJS.ErrnoException | undefined)?.code === code;
