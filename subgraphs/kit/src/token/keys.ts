import { readFile } from 'node:fs/promises';
import { createLocalJWKSet, createRemoteJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';

/** Where the gateway's public keys are: the set itself, its URL, or the path of a file that holds it. */
export type GatewayKeys = JSONWebKeySet | URL | string;

/** How long to leave the source alone after a read, so that a flood of unknown `kid`s does not become a flood of reads. */
const COOLDOWN_MS = 5_000;

const isKeySet = (value: unknown): value is JSONWebKeySet =>
  typeof value === 'object' && value !== null && 'keys' in value && Array.isArray(value.keys);

/** Reads the file when it is first needed, and again when a token names a key that it did not hold. */
const fileKeys = (path: string): JWTVerifyGetKey => {
  let current: JWTVerifyGetKey | undefined;
  let readAt = 0;

  const read = async () => {
    readAt = Date.now();
    const parsed: unknown = JSON.parse(await readFile(path, 'utf8'));
    if (!isKeySet(parsed)) throw new Error(`${path} holds no JSON Web Key Set`);
    current = createLocalJWKSet(parsed);
    return current;
  };

  return async (header, token) => {
    const known = current ?? (await read());
    try {
      return await known(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey) || Date.now() - readAt < COOLDOWN_MS) throw error;
      return (await read())(header, token);
    }
  };
};

/** A function that finds the key of a token. Nothing is fetched or read before the first token: the gateway may start last. */
export const openGatewayKeys = (source: GatewayKeys): JWTVerifyGetKey => {
  if (source instanceof URL)
    return createRemoteJWKSet(source, { cooldownDuration: COOLDOWN_MS, timeoutDuration: 3_000 });
  if (typeof source === 'string') return fileKeys(source);
  return createLocalJWKSet(source);
};
