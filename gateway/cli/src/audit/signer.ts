import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { type JwsSigner, keySigner } from '@lienthong/ledger/format';
import { CommandError } from '../command-error.ts';
import { readConfig } from '../config.ts';
import type { Language } from '../language.ts';
import { readSource } from './source.ts';

export interface SignerOptions {
  /** The gateway's private signing key, PEM or JWK. */
  readonly key?: string;
  /** Absent, and no key named: the configuration of the gateway that runs here. */
  readonly config?: string;
}

/** Signs as the gateway does, and shows the public half. */
export interface Signer extends JwsSigner {
  readonly jwk: { readonly kty: string; readonly crv: string; readonly x: string; readonly y?: string };
  /** What the gateway's configuration says besides, where the key is from there. */
  readonly configured?: { readonly origin?: string; readonly otherKeys?: string };
}

/** The key that `--key` names, or that by which the gateway signs. Its name is its RFC 7638 thumbprint, as in the gateway's JWKS. */
export async function signerOf(options: SignerOptions, language: Language): Promise<Signer> {
  const { option, file, configured } = keyFileOf(options, language);
  const text = await readSource(option, file);
  let key: KeyObject;
  try {
    key = text.trimStart().startsWith('{')
      ? createPrivateKey({ key: JSON.parse(text), format: 'jwk' })
      : createPrivateKey(text);
  } catch {
    // What the library says may quote the file.
    throw unusable(option, file);
  }
  const jwk = publicOf(key);
  if (jwk === undefined) throw unusable(option, file);
  return { ...keySigner(key, thumbprint(jwk)), jwk, ...(configured === undefined ? {} : { configured }) };
}

interface KeyFile {
  /** Where it is named. */
  readonly option: string;
  readonly file: string;
  readonly configured?: NonNullable<Signer['configured']>;
}

function keyFileOf({ key, config }: SignerOptions, language: Language): KeyFile {
  if (key !== undefined) return { option: '--key', file: key };
  const { audit, signing } = readConfig(config, language)?.config ?? {};
  if (signing) {
    const { keyFile, otherKeys } = signing;
    const configured = {
      ...(audit ? { origin: audit.origin } : {}),
      ...(otherKeys === undefined ? {} : { otherKeys }),
    };
    return { option: 'signing.keyFile', file: keyFile, configured };
  }
  throw new CommandError('KEY_NEEDED', {
    vi: 'Cần khoá ký của cổng: --key TỆP, hoặc --config gateway.yaml có phần signing.',
    en: "The gateway's signing key is needed: --key FILE, or --config gateway.yaml with its section signing.",
  });
}

function publicOf(key: KeyObject): Signer['jwk'] | undefined {
  const { kty, crv, x, y } = createPublicKey(key).export({ format: 'jwk' });
  if (kty === 'OKP' && crv === 'Ed25519' && x !== undefined) return { crv, kty, x };
  if (kty === 'EC' && crv === 'P-256' && x !== undefined && y !== undefined) return { crv, kty, x, y };
  return undefined;
}

/** RFC 7638 §3: the members that are needed, in the order of their names. */
const thumbprint = (jwk: Signer['jwk']): string => createHash('sha256').update(JSON.stringify(jwk)).digest('base64url');

const unusable = (option: string, file: string): CommandError =>
  new CommandError('KEY_UNUSABLE', {
    vi: `${option} ${file}: không phải khoá riêng ES256 (P-256) hoặc Ed25519 dạng PEM không mã hoá hay JWK.`,
    en: `${option} ${file}: not a private key for ES256 (P-256) or Ed25519, as PEM that is not encrypted or as JWK.`,
  });
