import { createHash, randomBytes } from 'node:crypto';
import {
  type Certificate,
  readTimeStampResponse,
  type TimeStampFault,
  verifyTimeStamp,
} from '@lienthong/verify/time-stamp';
import { timeStampRequest } from './request.ts';

export interface Authority {
  readonly url: string;
  /** Certificates that its stamps have to lead to. */
  readonly trusted: readonly Certificate[];
  /** The policy under which stamps are wanted; absent: the authority's own. */
  readonly policy?: string | undefined;
  /** Milliseconds for an answer. Default: 10 000. */
  readonly timeout?: number | undefined;
}

/** Why there is no time stamp; none of them is worth anything to keep. */
export type TimeStampFailure =
  /** Nobody answered, or not in time. */
  | 'UNREACHABLE'
  /** Somebody did, and not as RFC 3161 §3.4 has it. */
  | 'ANSWER'
  /** The authority gives none, for a reason of its own. */
  | 'REJECTED'
  /** Its clock and ours are too far apart: one of them is wrong. */
  | 'CLOCK'
  | TimeStampFault;

export type TimeStamp =
  | { readonly ok: true; readonly token: Uint8Array; readonly time: Date }
  | { readonly ok: false; readonly failure: TimeStampFailure };

const TIMEOUT_MS = 10_000;
const CLOCKS_MS = 5 * 60_000;
/** A token with a chain of certificates takes some 5 KiB. */
const LARGEST = 64 * 1024;

/** Asks an authority for a time stamp of some bytes, and believes nothing of the answer that is not shown. */
export const askForTimeStamp = async (
  message: Uint8Array,
  { url, trusted, policy, timeout = TIMEOUT_MS }: Authority,
  now: () => number,
): Promise<TimeStamp> => {
  const failed = (failure: TimeStampFailure): TimeStamp => ({ ok: false, failure });
  const nonce = newNonce();
  const digest = createHash('sha256').update(message).digest();
  const answer = await post(url, timeStampRequest(digest, nonce, policy), timeout);
  if (typeof answer === 'string') return failed(answer);
  const response = readTimeStampResponse(answer);
  if ('status' in response) return failed(response.status < 0 ? 'ANSWER' : 'REJECTED');
  const { token } = response;
  const verdict = verifyTimeStamp(token, message, { trusted, policy, nonce: nonce.toString('hex') });
  if (!verdict.ok) return failed(verdict.fault);
  const time = new Date(verdict.time);
  return Math.abs(time.getTime() - now()) > CLOCKS_MS ? failed('CLOCK') : { ok: true, token, time };
};

/** 63 bits of chance, as a positive integer of eight bytes. */
const newNonce = (): Buffer => {
  const bytes = randomBytes(8);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes;
};

const post = async (url: string, body: Uint8Array, timeout: number): Promise<Buffer | 'UNREACHABLE' | 'ANSWER'> => {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/timestamp-query', accept: 'application/timestamp-reply' },
      body: Buffer.from(body),
      redirect: 'error',
      signal: AbortSignal.timeout(timeout),
    });
    const type = response.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
    if (response.status === 200 && type === 'application/timestamp-reply' && response.body !== null) {
      return (await upTo(response.body, LARGEST)) ?? 'ANSWER';
    }
    await response.body?.cancel();
    return 'ANSWER';
  } catch {
    return 'UNREACHABLE';
  }
};

/** Undefined where there is more. */
const upTo = async (body: AsyncIterable<Uint8Array>, most: number): Promise<Buffer | undefined> => {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    // Whoever leaves the loop cancels what is still to come.
    if (length > most) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
};
