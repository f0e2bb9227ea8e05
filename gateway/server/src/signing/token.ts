import { hash, type KeyObject, randomBytes, verify } from 'node:crypto';

import type { Logger } from 'pino';

import { PublicError } from '../errors.ts';
import { SessionPool, TokenSilent } from './session-pool.ts';
import {
  beginAgain,
  CKA_CLASS,
  CKA_LABEL,
  CKF_SERIAL_SESSION,
  CKM_ECDSA,
  CKO_PRIVATE_KEY,
  CKU_USER,
  type Handle,
  loadDriver,
  says,
  type TokenDriver,
} from './token-driver.ts';

/** Where a key is that never leaves its token: a security module, or a card, behind PKCS #11. */
export interface TokenSettings {
  /** The library of its maker. */
  readonly library: string;
  /** Its own label. */
  readonly label: string;
  /** The label of the keys on it. */
  readonly key: string;
  readonly pin: string;
  /** Signatures that are made at a time. */
  readonly sessions: number;
}

interface Session {
  readonly handle: Handle;
  /** Where the key of each signer is, once it was found. */
  readonly keys: Map<symbol, Handle>;
}

/** Milliseconds. */
const PATIENCE = 5_000;
/** Keys under one label that are looked at: the present one, the next one, some old ones. */
const MOST_KEYS = 32;

/** Signs on a token, on other threads, several signatures at a time: one in a network takes milliseconds for each. */
export class SigningToken {
  readonly #driver: TokenDriver;
  readonly #settings: TokenSettings;
  readonly #log: Pick<Logger, 'error'>;
  readonly #sessions: SessionPool<Session>;

  private constructor(driver: TokenDriver, settings: TokenSettings, log: Pick<Logger, 'error'>) {
    this.#driver = driver;
    this.#settings = settings;
    this.#log = log;
    this.#sessions = new SessionPool({
      size: settings.sessions,
      open: (alone) => this.#open(alone),
      close: (session) => this.#close(session),
      patience: PATIENCE,
    });
  }

  /** @throws Error where the library cannot be loaded */
  static async open(settings: TokenSettings, log: Pick<Logger, 'error'>): Promise<SigningToken> {
    return new SigningToken(await loadDriver(settings.library), settings, log);
  }

  /**
   * Signs with the private half of a P-256 key.
   *
   * @throws Error where the token cannot be used, or does not hold it
   */
  async signerOf(publicKey: KeyObject): Promise<(data: Uint8Array) => Promise<Buffer>> {
    const signer = Symbol('signer');
    const sign = (data: Uint8Array) =>
      this.#sessions.use(async ({ handle, keys }) => {
        const key = keys.get(signer) ?? (await this.#find(handle, publicKey));
        keys.set(signer, key);
        return this.#sign(handle, key, data);
      });
    await sign(randomBytes(32));
    return (data) =>
      sign(data)
        // A token that was started anew fails once, for what it has forgotten.
        .catch((error: unknown) => (error instanceof TokenSilent ? Promise.reject(error) : sign(data)))
        .catch((error: unknown) => {
          this.#log.error({ failure: 'signing', err: error }, 'the token does not sign');
          throw new PublicError('SIGNING_UNAVAILABLE', { headers: { 'retry-after': '2' } });
        });
  }

  /** A library may hold on to a token that went and came back; it forgets with everything else, where nobody is using it. */
  #open(alone: boolean): Session {
    try {
      return this.#openNow();
    } catch (error) {
      if (!alone) throw error;
      beginAgain(this.#driver);
      return this.#openNow();
    }
  }

  #openNow(): Session {
    const { label, pin } = this.#settings;
    const slots = this.#driver.C_GetSlotList(true);
    const slot = slots.find((each) => this.#driver.C_GetTokenInfo(each).label.trimEnd() === label);
    if (!slot) throw new Error(`signing.token.label: there is no token «${label}»`);
    const handle = this.#driver.C_OpenSession(slot, CKF_SERIAL_SESSION);
    try {
      this.#driver.C_Login(handle, CKU_USER, pin);
    } catch (error) {
      // One login is for all sessions of a process.
      if (!says(error, 'CKR_USER_ALREADY_LOGGED_IN')) throw error;
    }
    return { handle, keys: new Map() };
  }

  #close({ handle }: Session): void {
    try {
      this.#driver.C_CloseSession(handle);
    } catch {
      // It was gone already.
    }
  }

  /** Among the keys of the label the one that belongs to a public key: labels say nothing for sure. */
  async #find(session: Handle, publicKey: KeyObject): Promise<Handle> {
    const { key } = this.#settings;
    this.#driver.C_FindObjectsInit(session, [
      { type: CKA_CLASS, value: CKO_PRIVATE_KEY },
      { type: CKA_LABEL, value: key },
    ]);
    const found = this.#driver.C_FindObjects(session, MOST_KEYS);
    this.#driver.C_FindObjectsFinal(session);
    const challenge = randomBytes(32);
    for (const candidate of found) {
      const signature = await this.#sign(session, candidate, challenge);
      if (verify('sha256', challenge, { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature)) return candidate;
    }
    throw new Error(`signing.token.key: of ${found.length} keys «${key}» none belongs to the public key of keyFile`);
  }

  #sign(session: Handle, key: Handle, data: Uint8Array): Promise<Buffer> {
    this.#driver.C_SignInit(session, { mechanism: CKM_ECDSA }, key);
    return this.#driver.C_SignAsync(session, hash('sha256', data, 'buffer'), Buffer.alloc(64));
  }
}
