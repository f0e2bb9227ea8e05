import { randomBytes, randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose';
import type { Environment } from '../config/index.ts';
import { StartError } from '../errors.ts';

/**
 * `next` is published and does not sign yet, so that every cache knows it before its first token; `current` signs;
 * `retired` no longer signs, and is published until the last token it signed is over.
 */
export type KeyState = 'next' | 'current' | 'retired';

export interface SigningKey {
  /** Private, EC P-256, with its kid. */
  readonly jwk: JWK;
  readonly state: KeyState;
  /** Seconds since the epoch: when it came into this state. */
  readonly since: number;
}

/** What the key file holds. */
export interface KeySet {
  /** In order of age, the youngest first. Exactly one is current. */
  readonly keys: readonly SigningKey[];
  /** 32 bytes, for what several processes must agree on besides tokens: DPoP nonces, signed cookies. */
  readonly secret: Buffer;
}

export const epochSeconds = (): number => Math.floor(Date.now() / 1_000);

/**
 * Reads the key file. In development a missing one is made, so that tokens stay good over a restart; in production it
 * must be there and be readable by its owner alone.
 *
 * @throws StartError
 */
export async function loadKeys(file: string, environment: Environment): Promise<KeySet> {
  const text = readIfThere(file);
  if (text === undefined && environment === 'production') {
    throw new StartError('KEYS_MISSING', {
      vi: `không có tệp khoá ${file}; tạo bằng: npx lienthong issuer make-keys --keys ${file}`,
      en: `no key file ${file}; make it with: npx lienthong issuer make-keys --keys ${file}`,
    });
  }
  if (environment === 'production' && (statSync(file).mode & 0o077) !== 0) {
    throw new StartError('KEYS_EXPOSED', {
      vi: `người dùng khác đọc được tệp khoá ${file}; chạy: chmod 600 ${file}`,
      en: `other users can read the key file ${file}; run: chmod 600 ${file}`,
    });
  }
  return (
    (environment === 'development' && (await upgrade(text, file))) || parseKeys(text ?? (await makeKeys(file)), file)
  );
}

/** A file of the first version was a bare key set, whose first key signed: tokens of a demo stay good over an update. */
async function upgrade(text: string | undefined, file: string): Promise<KeySet | undefined> {
  let former: unknown;
  try {
    former = JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
  if (typeof former !== 'object' || former === null || 'secret' in former || !('keys' in former)) return undefined;
  const since = epochSeconds();
  const keys = (former.keys as JWK[]).map((jwk, index) => ({
    ...jwk,
    state: index === 0 ? 'current' : 'retired',
    since,
  }));
  const secret = randomBytes(32);
  const upgraded = await parseKeys(JSON.stringify({ keys, secret: secret.toString('base64url') }), file);
  const complete = { secret, keys: [await makeKey('next', since), ...upgraded.keys] };
  replaceKeys(file, complete);
  return complete;
}

/** Makes a key file and answers its text; a file that is there already is left as it is and answered. */
export async function makeKeys(file: string): Promise<string> {
  const since = epochSeconds();
  const text = formatKeys({
    keys: [await makeKey('next', since), await makeKey('current', since)],
    secret: randomBytes(32),
  });
  const draft = writeDraft(file, text);
  try {
    // link(2) never replaces: of two issuers that start at once, both end with the keys of the first.
    linkSync(draft, file);
    return text;
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error;
    return readFileSync(file, 'utf8');
  } finally {
    rmSync(draft);
  }
}

/** Replaces the file as a whole: a process that reads it sees the old one or the new one. */
export function replaceKeys(file: string, keys: KeySet): void {
  renameSync(writeDraft(file, formatKeys(keys)), file);
}

export async function makeKey(state: KeyState, since: number): Promise<SigningKey> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = await exportJWK(privateKey);
  return { jwk: { ...jwk, kid: await calculateJwkThumbprint(jwk), alg: 'ES256', use: 'sig' }, state, since };
}

function writeDraft(file: string, text: string): string {
  const draft = `${file}.${randomUUID()}`;
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(draft, text, { mode: 0o600, flag: 'wx' });
  return draft;
}

function formatKeys({ keys, secret }: KeySet): string {
  const written = keys.map(({ jwk, state, since }) => ({ ...jwk, state, since }));
  return `${JSON.stringify({ secret: secret.toString('base64url'), keys: written }, null, 2)}\n`;
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined;
    throw new StartError('KEYS_UNREADABLE', {
      vi: `không đọc được tệp khoá ${file}; kiểm tra quyền truy cập`,
      en: `cannot read the key file ${file}; check its permissions`,
    });
  }
}

const states: readonly unknown[] = ['next', 'current', 'retired'] satisfies KeyState[];

async function parseKeys(text: string, file: string): Promise<KeySet> {
  try {
    const { keys: written, secret: encoded } = JSON.parse(text) as {
      keys: (JWK & Record<string, unknown>)[];
      secret: string;
    };
    const secret = Buffer.from(encoded, 'base64url');
    const keys = await Promise.all(written.map(parseKey));
    const kids = new Set(keys.map(({ jwk }) => jwk.kid));
    const current = keys.filter(({ state }) => state === 'current');
    if (secret.length !== 32 || current.length !== 1 || kids.size !== keys.length) throw new Error('key set');
    return { keys, secret };
  } catch {
    // The cause is not passed on: a parser's message may quote the file, and the file is the private key.
    throw new StartError('KEYS_INVALID', {
      vi: `tệp khoá ${file} phải có "secret" (32 byte base64url) và "keys": các khoá riêng EC P-256, mỗi khoá một "kid" và một "state" (next, current, retired), đúng một khoá current; tạo tệp mới bằng make-keys`,
      en: `the key file ${file} must hold a "secret" (32 bytes base64url) and "keys": private EC P-256 keys, each with its own "kid" and a "state" (next, current, retired), exactly one current; make a new one with make-keys`,
    });
  }
}

async function parseKey({ state, since, ...rest }: JWK & Record<string, unknown>): Promise<SigningKey> {
  const { kty, crv, kid, d, x, y } = rest as JWK;
  if (kty !== 'EC' || crv !== 'P-256' || !kid || !d) throw new Error('not a private ES256 key');
  if (!states.includes(state) || typeof since !== 'number') throw new Error('state');
  const jwk: JWK = { kty, crv, ...(x ? { x } : {}), ...(y ? { y } : {}), d, kid, alg: 'ES256', use: 'sig' };
  await importJWK(jwk, 'ES256');
  return { jwk, state: state as KeyState, since };
}

const isCode = (error: unknown, code: string): boolean => (error as NodeJS.ErrnoException | undefined)?.code === code;
