import { readFile } from 'node:fs/promises';
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';

/** Where public keys are: the set itself, its URL, or the path of a file that holds it. */
export type GatewayKeys = JSONWebKeySet | URL | string;

/** How long to leave the source alone after a read, so that a flood of unknown `kid`s does not become a flood of reads. */
const COOLDOWN_MS = 5_000;
/** How old a set may grow before it is read again, so that a key which was taken back stops working. */
const REFRESH_MS = 5 * 60_000;
/** How long a set goes on working while its source cannot be reached. */
const DEFAULT_MAX_AGE_MS = 24 * 3_600_000;
const FETCH_TIMEOUT_MS = 3_000;
/** A key set of ours is under 1 KiB; what is much longer is something else. */
const MAX_SET_CHARACTERS = 1024 * 1024;

export interface KeyOptions {
  /** Milliseconds that a set may be used after it was last read, while its source is out of reach. Default: a day. */
  readonly maxAge?: number;
}

const isKeySet = (value: unknown): value is JSONWebKeySet =>
  typeof value === 'object' && value !== null && 'keys' in value && Array.isArray(value.keys);

const parseKeySet = (text: string, source: string): JSONWebKeySet => {
  if (text.length > MAX_SET_CHARACTERS) throw new Error(`${source} is too long for a JSON Web Key Set`);
  const parsed: unknown = JSON.parse(text);
  if (!isKeySet(parsed)) throw new Error(`${source} holds no JSON Web Key Set`);
  return parsed;
};

const readSource = async (source: URL | string): Promise<JSONWebKeySet> => {
  if (typeof source === 'string') return parseKeySet(await readFile(source, 'utf8'), source);
  const signal = AbortSignal.timeout(FETCH_TIMEOUT_MS);
  // A redirect could lead to keys that are not the gateway's.
  const response = await fetch(source, { redirect: 'error', signal, headers: { accept: 'application/json' } });
  if (response.status !== 200) throw new Error(`${source.href} answered ${response.status}`);
  return parseKeySet(await response.text(), source.href);
};

interface Held {
  readonly find: JWTVerifyGetKey;
  readonly readAt: number;
}

/**
 * A function that finds the key of a token in a set that rotates. Nothing is read before the first token: the gateway
 * may start last. From then on a set is read again when it is old or a token names a key that it does not hold, one read
 * at a time and at most one per cool-down, and the keys that are held go on working meanwhile, up to `maxAge`.
 */
const rotating = (source: URL | string, maxAge: number): JWTVerifyGetKey => {
  let held: Held | undefined;
  let triedAt = Number.NEGATIVE_INFINITY;
  let reading: Promise<Held> | undefined;

  const read = (): Promise<Held> => {
    reading ??= (async () => {
      triedAt = Date.now();
      try {
        held = { find: createLocalJWKSet(await readSource(source)), readAt: Date.now() };
        return held;
      } finally {
        reading = undefined;
      }
    })();
    return reading;
  };
  const mayRead = () => Date.now() - triedAt >= COOLDOWN_MS;

  const current = async (): Promise<Held> => {
    if (!held) return read();
    const age = Date.now() - held.readAt;
    if (age >= maxAge) return read();
    // In the background: whoever asks now is served by the keys that are known. A failure shows once they are too old.
    if (age >= REFRESH_MS && mayRead()) read().catch(() => {});
    return held;
  };

  return async (header, token) => {
    const known = await current();
    try {
      return await known.find(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      // Whoever waits for a read under way does not begin another.
      const fresh = reading ?? (mayRead() ? read() : undefined);
      if (!fresh) throw error;
      return (await fresh).find(header, token);
    }
  };
};

/** Finds the key that a token names, in a fixed set or in one that is read and rotates. */
export const openGatewayKeys = (
  source: GatewayKeys,
  { maxAge = DEFAULT_MAX_AGE_MS }: KeyOptions = {},
): JWTVerifyGetKey =>
  typeof source === 'string' || source instanceof URL ? rotating(source, maxAge) : createLocalJWKSet(source);
