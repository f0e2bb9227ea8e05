import { createHash, type X509Certificate } from 'node:crypto';
import { isSignatureError, verifySignature } from 'http-message-sig';
import { isInnerList, parseDictionary } from 'structured-headers';
import { CommandError } from '../command-error.ts';
import { leadsTo } from './authority.ts';
import { fieldOf, type Head } from './head.ts';
import type { KeySet, VerifyingKey } from './key-set.ts';

/** The application's name in the signature (RFC 9421 §2.3 `tag`). */
const TAG = 'lienthong-answer';
/** Covered by every signed answer; the second row wherever it is there. */
const COVERED = ['@status', 'content-type', 'content-digest', 'x-request-id'];
const WHERE_PRESENT = ['request-digest', 'lienthong-record', 'lienthong-record-nonce'];

export interface KeptAnswer {
  readonly head: Head;
  readonly content: Uint8Array;
  /** What was asked: the content that was sent, or the query of a GET with its question mark. */
  readonly request?: Uint8Array | string;
}

export interface Trust extends KeySet {
  /** Absent: the keys are believed as they are. */
  readonly authorities?: readonly X509Certificate[];
  /** Seconds. */
  readonly maxAge?: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** What is certain of an answer. */
export interface VerifiedAnswer {
  readonly status: number;
  readonly signedAt: string;
  readonly kid: string;
  /** Who signed, by the key's certificate: told only where an authority vouches for it. Anybody can write a name into one. */
  readonly signer?: string;
  readonly requestId: string;
  /** The ledger's record of this answer. */
  readonly record?: string;
  /** Whether it was compared with what was asked; `unbound`: it does not say to what it is the answer. */
  readonly request: 'compared' | 'not-given' | 'unbound';
}

/** @throws CommandError where anything about the answer is not as it has to be */
export async function verifyAnswer({ head, content, request }: KeptAnswer, trust: Trust): Promise<VerifiedAnswer> {
  const { label, names, keyid, created } = signatureOf(head);
  const key = trust.keys.find(({ kid }) => kid === keyid);
  if (!key) throw fault.key(keyid, trust.unreadable);
  if (key.exp !== undefined && created > key.exp) throw fault.ended(keyid);
  await check(head, label, names, key, trust);
  const { authorities } = trust;
  if (authorities && !leadsTo(key.certificates, authorities, created * 1_000)) throw fault.certificate(keyid);
  if (!sameDigest(fieldOf(head, 'content-digest'), content)) throw fault.content();
  const bound = fieldOf(head, 'request-digest');
  if (request !== undefined && bound === undefined) throw fault.unbound();
  if (request !== undefined && !sameDigest(bound, request)) throw fault.request();
  const record = fieldOf(head, 'lienthong-record');
  const [leaf] = key.certificates;
  return {
    status: head.status,
    signedAt: new Date(created * 1_000).toISOString(),
    kid: key.kid,
    ...(leaf === undefined || !authorities ? {} : { signer: leaf.subject.replaceAll('\n', ', ') }),
    requestId: fieldOf(head, 'x-request-id') ?? '',
    ...(record === undefined ? {} : { record }),
    request: request !== undefined ? 'compared' : bound === undefined ? 'unbound' : 'not-given',
  };
}

/** The one signature that the gateway made; others may have been added on the way. */
const signatureOf = (head: Head) => {
  const input = fieldOf(head, 'signature-input');
  if (input === undefined) throw fault.unsigned();
  let found: { label: string; names: string[]; keyid: unknown; created: unknown }[];
  try {
    found = [...parseDictionary(input)].flatMap(([label, member]) => {
      if (!isInnerList(member) || member[1].get('tag') !== TAG) return [];
      const [components, parameters] = member;
      const names = components.map(([name]) => String(name));
      return [{ label, names, keyid: parameters.get('keyid'), created: parameters.get('created') }];
    });
  } catch {
    throw fault.signature();
  }
  const [one, ...others] = found;
  if (!one) throw fault.unsigned();
  const { label, names, keyid, created } = one;
  if (others.length > 0 || typeof keyid !== 'string' || typeof created !== 'number') throw fault.signature();
  return { label, names, keyid, created };
};

const check = async (
  head: Head,
  label: string,
  names: readonly string[],
  key: VerifyingKey,
  { maxAge, now }: Trust,
): Promise<void> => {
  const needed = new Set(['signature', 'signature-input', ...names]);
  const message = {
    kind: 'response',
    status: head.status,
    fields: head.fields.filter(({ name }) => needed.has(name)),
  } as const;
  const required = [...COVERED, ...WHERE_PRESENT.filter((name) => fieldOf(head, name) !== undefined)];
  try {
    const { parameters } = await verifySignature(message, {
      label,
      policy: {
        algorithms: [key.algorithm],
        requiredComponents: required,
        requiredParameters: ['created', 'keyid', 'alg', 'tag'],
        // Clocks differ; an answer from the future is suspect all the same.
        clockSkew: 60,
        now: now / 1_000,
      },
      resolveVerifier: () => key,
    });
    if (maxAge !== undefined && now / 1_000 - Number(parameters.created) > maxAge) throw fault.age(maxAge);
  } catch (error) {
    throw isSignatureError(error) ? fault.signature(error.message) : error;
  }
};

/** Of a field that the gateway writes: one digest, SHA-256. */
const sameDigest = (field: string | undefined, content: Uint8Array | string): boolean =>
  field === `sha-256=:${createHash('sha256').update(content).digest('base64')}:`;

const fault = {
  unsigned: () =>
    new CommandError('ANSWER_UNSIGNED', {
      vi: `Câu trả lời không có chữ ký của cổng (signature-input với tag="${TAG}"). Có thể proxy đã bỏ tiêu đề, hoặc đây không phải câu trả lời của cổng.`,
      en: `The answer carries no signature of the gateway (signature-input with tag="${TAG}"). Perhaps a proxy dropped the fields, or the gateway did not give it.`,
    }),
  signature: (detail?: string) =>
    new CommandError(
      'ANSWER_SIGNATURE',
      {
        vi: 'Chữ ký KHÔNG đúng: dòng trạng thái hoặc một tiêu đề được ký đã bị sửa hay bị bỏ, hoặc khoá khác đã ký.',
        en: 'The signature does NOT hold: the status or a covered field was altered or removed, or another key signed.',
      },
      detail,
    ),
  key: (kid: string, unreadable: readonly string[]) => {
    const some = unreadable.length > 0;
    return new CommandError(
      'ANSWER_KEY_UNKNOWN',
      {
        vi: `JWKS không có khoá ${kid}. Tải lại JWKS của cổng; với câu trả lời cũ, dùng JWKS đã lưu khi đó.${some ? ' Những khoá không đọc được đã bị bỏ qua:' : ''}`,
        en: `The JWKS has no key ${kid}. Fetch the gateway's JWKS again; for an old answer, use the one that was kept then.${some ? ' Keys that cannot be read were passed over:' : ''}`,
      },
      unreadable.join('\n'),
    );
  },
  ended: (kid: string) =>
    new CommandError('ANSWER_KEY_EXPIRED', {
      vi: `Ký sau khi khoá ${kid} đã hết hạn (exp trong JWKS).`,
      en: `Signed after the end of the key ${kid} (its exp in the JWKS).`,
    }),
  certificate: (kid: string) =>
    new CommandError('ANSWER_CERTIFICATE', {
      vi: `Chứng thư của khoá ${kid} không dẫn về nơi cấp trong --ca, hoặc không có hiệu lực lúc ký.`,
      en: `The certificates of the key ${kid} do not lead to an authority of --ca, or were not valid when it signed.`,
    }),
  content: () =>
    new CommandError('ANSWER_CONTENT', {
      vi: 'Thân KHÔNG phải là thân đã được ký. Lưu đúng từng byte (curl -o), không sao chép qua trình soạn thảo.',
      en: 'The content is NOT what was signed. Keep it byte for byte (curl -o), not through an editor.',
    }),
  request: () =>
    new CommandError('ANSWER_REQUEST', {
      vi: 'Đây là câu trả lời cho một yêu cầu KHÁC. --request cần đúng từng byte đã gửi.',
      en: 'This is the answer to ANOTHER request. --request needs the bytes exactly as they were sent.',
    }),
  unbound: () =>
    new CommandError('ANSWER_REQUEST', {
      vi: 'Câu trả lời không nói nó trả lời yêu cầu nào: cổng đã từ chối trước khi đọc hết yêu cầu.',
      en: 'The answer does not say to which request it is one: the gateway refused before it had read it.',
    }),
  age: (seconds: number) =>
    new CommandError('ANSWER_AGE', {
      vi: `Đã ký hơn ${seconds} giây trước: có thể là câu trả lời cũ được gửi lại.`,
      en: `Signed more than ${seconds} seconds ago: perhaps an old answer that was sent again.`,
    }),
};
