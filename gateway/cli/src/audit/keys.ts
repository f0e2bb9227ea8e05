import { type Keys, readKeys } from '@lienthong/verify';
import { CommandError } from '../command-error.ts';
import { readSource } from './source.ts';

/** How signatures are to be checked. */
export interface KeyOptions {
  /** JWKS, in files or at addresses: today's, and those of former times. */
  readonly keys?: readonly string[];
  /** False: asked not to check. */
  readonly signatures?: boolean;
}

/**
 * The keys that `--keys` names. A check that trusted whatever key comes along would prove nothing, so that leaving signatures
 * out has to be said.
 *
 * @returns undefined with `--no-signatures`
 */
export async function keysOf({ keys, signatures = true }: KeyOptions): Promise<Keys | undefined> {
  if (keys === undefined) {
    if (!signatures) return undefined;
    throw new CommandError('KEYS_NEEDED', {
      vi: 'Cần --keys: tệp hoặc địa chỉ JWKS của cổng (/.well-known/jwks.json), lấy từ nguồn mà bạn tin. Chỉ muốn thử cấu trúc: --no-signatures, khi đó không điều gì được chứng thực.',
      en: "--keys is needed: the gateway's JWKS (/.well-known/jwks.json), a file or an address, from a source that you trust. To check the structure alone: --no-signatures; then nothing is proven.",
    });
  }
  if (!signatures) {
    throw new CommandError('KEYS_OR_NONE', {
      vi: 'Chọn --keys hoặc --no-signatures, không dùng cả hai.',
      en: 'Give --keys or --no-signatures, not both.',
    });
  }
  const all = await Promise.all(keys.map(readOne));
  return new Map(all.flatMap((each) => [...each]));
}

async function readOne(named: string): Promise<Keys> {
  const read = readKeys(jsonOf(await readSource('--keys', named)));
  if (read !== undefined && read.size > 0) return read;
  throw new CommandError('KEYS_UNUSABLE', {
    vi: `--keys ${named}: không phải JWKS có khoá P-256 hoặc Ed25519 với "kid".`,
    en: `--keys ${named}: not a JWKS with a P-256 or Ed25519 key that has a "kid".`,
  });
}

/** Undefined where it is no JSON. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
