import { readFileSync } from 'node:fs';
import type { Proof } from '@lienthong/registry/store';
import { CommandError } from '../command-error.ts';

/** How a partner is to prove who it is: exactly one of them. */
export interface ProofOptions {
  /** File of its public keys: a JWKS or one JWK. */
  readonly keys?: string;
  /** File of its own certificate, PEM. */
  readonly certificate?: string;
  /** `san_dns=api.example`: what names it in a certificate of a trusted authority. */
  readonly match?: string;
}

/** @throws CommandError where there is not exactly one, or its file is not what it should be */
export function proofOf({ keys, certificate, match }: ProofOptions): Proof {
  if ([keys, certificate, match].filter((given) => given !== undefined).length !== 1) {
    throw new CommandError('PROOF_NEEDED', {
      vi: 'Cần đúng một trong: --keys TỆP (khoá công khai JWKS), --certificate TỆP (PEM), --match thuộc_tính=giá_trị.',
      en: 'Give exactly one of: --keys FILE (public keys, JWKS), --certificate FILE (PEM), --match attribute=value.',
    });
  }
  if (keys !== undefined) return { method: 'private_key_jwt', keys: readKeys(keys) };
  if (certificate !== undefined) {
    return { method: 'self_signed_tls_client_auth', certificates: [readText('--certificate', certificate)] };
  }
  const [attribute = '', ...value] = (match ?? '').split('=');
  return { method: 'tls_client_auth', match: { attribute, value: value.join('=') } };
}

function readKeys(file: string): readonly unknown[] {
  const text = readText('--keys', file);
  try {
    const value: unknown = JSON.parse(text);
    const { keys }: { keys?: unknown } = Object(value);
    return [keys ?? value].flat();
  } catch {
    // The parser's message may quote the file, and the file may be a private key by mistake.
    throw new CommandError('KEYS_INVALID', {
      vi: `--keys: ${file} không phải JSON; cần một JWKS: {"keys": [...]}.`,
      en: `--keys: ${file} is not JSON; a JWKS is needed: {"keys": [...]}.`,
    });
  }
}

export function readText(option: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new CommandError('FILE_UNREADABLE', {
      vi: `${option}: không đọc được tệp ${file}. Kiểm tra đường dẫn và quyền đọc.`,
      en: `${option}: the file ${file} cannot be read. Check the path and its permissions.`,
    });
  }
}
