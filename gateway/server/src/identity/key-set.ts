import { readFileSync } from 'node:fs';

import { createLocalJWKSet, errors, type JSONWebKeySet, type JWSHeaderParameters, type JWTVerifyGetKey } from 'jose';

/** Milliseconds between two fetches of one set, however many tokens name keys that it does not hold. */
const COOL_DOWN = 10_000;
/** The same after a fetch that failed: an issuer that comes back is not kept waiting. */
const RETRY_AFTER = 2_000;
/** Milliseconds after which a set is fetched anew while the old one goes on serving. */
const FRESH_FOR = 600_000;
const FETCH_TIMEOUT = 3_000;
/** No honest key set is bigger. */
const MAX_BYTES = 256 * 1_024;

export type FetchKeySet = (url: string) => Promise<JSONWebKeySet>;

/** The public keys of one issuer. */
export interface KeySet {
  readonly key: JWTVerifyGetKey;
  /**
   * Grows with every change of the keys: what was verified with an older set is verified again. NaN, which equals
   * nothing, when the set is too old to be relied on. Asking is also what keeps the set fresh.
   */
  readonly generation: () => number;
}

/** Keys from a file, read once. */
export const keysOfFile = (file: string): KeySet => ({
  key: createLocalJWKSet(JSON.parse(readFileSync(file, 'utf8'))),
  generation: () => 0,
});

/**
 * Keys from an address: fetched on first need, so that the gateway starts while an issuer is down; again after ten
 * minutes, in the background; again for a kid that is not there, at most once per cool-down. While the issuer cannot be
 * reached the last set goes on serving until it is `maxStale` old: an outage of the issuer is none of the gateway, but a
 * key that was withdrawn must not live for ever either. A kid that is not there may then be that of a key made meanwhile:
 * nobody can tell, and its token is not called a bad one.
 *
 * @param maxStale milliseconds
 * @param now milliseconds since the epoch
 */
export const keysOfAddress = (
  url: string,
  maxStale: number,
  now: () => number = Date.now,
  fetchKeySet: FetchKeySet = fetchJson,
): KeySet => {
  let current: { readonly text: string; readonly find: ReturnType<typeof createLocalJWKSet> } | undefined;
  let fetchedAt = Number.NEGATIVE_INFINITY;
  let triedAt = Number.NEGATIVE_INFINITY;
  let generation = 0;
  let fetching: Promise<void> | undefined;

  /** One fetch at a time, and not before the cool-down is over. */
  const refresh = (): Promise<void> => {
    if (fetching) return fetching;
    if (now() - triedAt < (fetchedAt >= triedAt ? COOL_DOWN : RETRY_AFTER)) return Promise.resolve();
    triedAt = now();
    fetching = fetchKeySet(url)
      .then((set) => {
        const text = JSON.stringify(set);
        if (text !== current?.text) {
          current = { text, find: createLocalJWKSet(set) };
          generation += 1;
        }
        fetchedAt = now();
      })
      .finally(() => {
        fetching = undefined;
      });
    return fetching;
  };

  /** Milliseconds since the last fetch that succeeded; begins a fetch where that is long ago. */
  const ageKeptLow = (): number => {
    const age = now() - fetchedAt;
    if (current !== undefined && age > FRESH_FOR) {
      void refresh().catch(() => {
        // The old set serves on, until it is too old.
      });
    }
    return age;
  };

  return {
    generation: () => (ageKeptLow() > maxStale && current !== undefined ? Number.NaN : generation),
    async key(header: JWSHeaderParameters, token) {
      if (ageKeptLow() > maxStale) {
        await refresh();
        if (now() - fetchedAt > maxStale) throw new Error('the key set cannot be fetched');
      }
      if (current === undefined) throw new Error('the key set cannot be fetched');
      const { find } = current;
      try {
        return await find(header, token);
      } catch (error) {
        if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
        await refresh().catch(() => {
          // Told below, as is an attempt that failed so shortly ago that there was no other.
        });
        if (triedAt > fetchedAt) throw new Error('the key set cannot be fetched', { cause: error });
        if (current.find === find) throw error;
        return current.find(header, token);
      }
    },
  };
};

const fetchJson: FetchKeySet = async (url) => {
  const response = await fetch(url, {
    headers: { accept: 'application/jwk-set+json, application/json' },
    redirect: 'error',
    signal: AbortSignal.timeout(FETCH_TIMEOUT),
  });
  if (response.status !== 200) throw new Error(`the key set answers ${response.status}`);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > MAX_BYTES) throw new Error('the key set is too big');
    chunks.push(chunk);
  }
  return JSON.parse(Buffer.concat(chunks).toString('utf8')) as JSONWebKeySet;
};
