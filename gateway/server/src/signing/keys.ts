import { exportPKCS8, generateKeyPair } from 'jose';
import type { Logger } from 'pino';

import { readOrMakeKey } from '../key-file.ts';
import { expiryOf } from './expiry.ts';
import { type PublishedKey, readSigningKey, type SigningKey } from './key.ts';
import { readOtherKeys } from './others.ts';
import { SigningToken, type TokenSettings } from './token.ts';

export interface SigningFiles {
  readonly keyFile: string;
  /** A JWK Set of public keys that are published besides. */
  readonly otherKeys?: string;
  /** Where the private key is, if not in the file. */
  readonly token?: TokenSettings;
}

export interface SigningSurroundings {
  /** Whether a missing key is made: development alone. */
  readonly create: boolean;
  /** The key of internal tokens, which departments believe: it signs nothing else. */
  readonly internalKid: string;
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

interface State {
  readonly signing: SigningKey;
  readonly others: readonly PublishedKey[];
}

/** Milliseconds between two looks at the dates of the certificates. */
const LOOK = 86_400_000;

/**
 * The keys with which answers are signed: one signs, others are published beside it. They change while the gateway runs: a
 * new key is published first, and signs once those who verify know it.
 */
export class SigningKeys {
  readonly #files: SigningFiles;
  readonly #token: SigningToken | undefined;
  readonly #surroundings: SigningSurroundings;
  readonly #looking: NodeJS.Timeout;
  #state: State;

  private constructor(
    files: SigningFiles,
    token: SigningToken | undefined,
    surroundings: SigningSurroundings,
    state: State,
  ) {
    this.#files = files;
    this.#token = token;
    this.#surroundings = surroundings;
    this.#state = state;
    this.#tellExpiry();
    this.#looking = setInterval(() => this.#tellExpiry(), LOOK);
    this.#looking.unref();
  }

  /** @throws Error where a file cannot be read or does not hold what it should */
  static async open(files: SigningFiles, surroundings: SigningSurroundings): Promise<SigningKeys> {
    const token = files.token && (await SigningToken.open(files.token, surroundings.log));
    return new SigningKeys(files, token, surroundings, await read(files, token, surroundings, surroundings.create));
  }

  /** The key that signs. Whoever makes one signature asks once: it may change between two. */
  get current(): SigningKey {
    return this.#state.signing;
  }

  /** Every key by which a signature can be verified now. */
  published(): readonly PublishedKey[] {
    const seconds = this.#surroundings.now() / 1_000;
    return this.known().filter(({ kid, exp }) => kid === this.current.kid || exp === undefined || exp > seconds);
  }

  /** Those that have ended as well: what the ledger's last head was signed by may have, and the head still binds. */
  known(): readonly PublishedKey[] {
    const { signing, others } = this.#state;
    return [signing.published, ...others.filter(({ kid }) => kid !== signing.kid)];
  }

  /** Reads the files anew; false where they were refused and the old keys go on signing. */
  async reload(): Promise<boolean> {
    const { log } = this.#surroundings;
    let next: State;
    try {
      next = await read(this.#files, this.#token, this.#surroundings, false);
    } catch (error) {
      log.error({ failure: 'signing', err: error }, 'signing key refused, the old one goes on signing');
      return false;
    }
    const { kid } = next.signing;
    if (kid !== this.current.kid) {
      const known = this.published().some((key) => key.kid === kid);
      log.info({ kid }, 'another key signs');
      if (!known) log.warn({ kid }, 'this key was not published before: those who keep the key set do not know it yet');
    }
    this.#state = next;
    this.#tellExpiry();
    return true;
  }

  close(): void {
    clearInterval(this.#looking);
  }

  #tellExpiry(): void {
    const { log, now } = this.#surroundings;
    const expiry = expiryOf(this.current, now());
    if (expiry !== undefined) log.warn({ kid: this.current.kid, signing: expiry }, 'certificate of the signing key');
  }
}

const read = async (
  { keyFile, otherKeys }: SigningFiles,
  token: SigningToken | undefined,
  { internalKid }: SigningSurroundings,
  create: boolean,
): Promise<State> => {
  const text = await readOrMakeKey(keyFile, create && !token ? makeKey : undefined).catch((cause: unknown) => {
    throw new Error(
      `signing.keyFile: ${keyFile} cannot be read; make a key (docs/signed-answers.md), or write signing: false`,
      { cause },
    );
  });
  const signing = await readSigningKey(text, keyFile, token);
  if (signing.kid === internalKid) {
    throw new Error(`signing.keyFile: ${keyFile} is the key of internalToken; departments believe it, so take another`);
  }
  const others = otherKeys === undefined ? [] : await readOtherKeys(otherKeys);
  return { signing, others: others.filter(({ kid }) => kid !== internalKid) };
};

/** ES256: the faster of the two to sign and to verify, and the one that every library has. */
const makeKey = async (): Promise<string> =>
  exportPKCS8((await generateKeyPair('ES256', { extractable: true })).privateKey);
