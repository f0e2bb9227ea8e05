import type { Answer } from '../context.ts';
import type { Digests } from './digest.ts';
import type { SigningKey } from './key.ts';
import { ANSWER_TAG } from './tags.ts';

/** The signature's label in both header fields. */
const LABEL = 'answer';

/** Names the ledger's record of an answer: covered, so that a signed answer is a receipt for its record. */
export const RECORD_HEADER = 'lienthong-record';

/**
 * Opens the commitments of that record (docs/ledger.md §1), to whoever holds the answer: it stands here and nowhere else.
 * Covered, so that nobody can say that another was given.
 */
export const NONCE_HEADER = 'lienthong-record-nonce';

/**
 * Signs an answer as it leaves (RFC 9421, RFC 9530): adds `content-digest`, `request-digest`, `signature-input` and
 * `signature`. docs/signed-answers.md says what is covered and why.
 *
 * The signature base is written by hand: every covered value is made here, in ASCII and on one line, and a general
 * implementation takes as long as the signature itself. Tests compare it with two of those.
 *
 * @param now milliseconds since the epoch
 */
export const signAnswer = (
  answer: Answer,
  digests: Digests,
  key: SigningKey,
  now: number,
): Answer | Promise<Answer> => {
  // Not by a spread, to which members are added slowly: it would cost a tenth of the signature.
  const headers: Record<string, string> = Object.assign({}, answer.headers);
  headers['content-digest'] = digests.answer;
  if (digests.request !== undefined) headers['request-digest'] = digests.request;
  const record = headers[RECORD_HEADER];
  const nonce = headers[NONCE_HEADER];
  const covered =
    '("@status" "content-type" "content-digest" "x-request-id"' +
    `${digests.request === undefined ? '' : ' "request-digest"'}${record === undefined ? '' : ` "${RECORD_HEADER}"`}` +
    `${nonce === undefined ? '' : ` "${NONCE_HEADER}"`})`;
  const parameters = `${covered};created=${Math.floor(now / 1_000)};keyid="${key.kid}";alg="${key.algorithm}";tag="${ANSWER_TAG}"`;
  const base =
    `"@status": ${answer.status}\n` +
    `"content-type": ${headers['content-type']}\n` +
    `"content-digest": ${digests.answer}\n` +
    `"x-request-id": ${headers['x-request-id']}\n` +
    (digests.request === undefined ? '' : `"request-digest": ${digests.request}\n`) +
    (record === undefined ? '' : `"${RECORD_HEADER}": ${record}\n`) +
    (nonce === undefined ? '' : `"${NONCE_HEADER}": ${nonce}\n`) +
    `"@signature-params": ${parameters}`;
  headers['signature-input'] = `${LABEL}=${parameters}`;
  const signed = (signature: Buffer): Answer => {
    headers.signature = `${LABEL}=:${signature.toString('base64')}:`;
    return { status: answer.status, headers, body: answer.body };
  };
  const signature = key.sign(Buffer.from(base, 'latin1'));
  return Buffer.isBuffer(signature) ? signed(signature) : signature.then(signed);
};

/** Signs what leaves, by the key that signs now. */
export type SignAnswer = (answer: Answer, digests: Digests) => Answer | Promise<Answer>;

/** @param now milliseconds since the epoch */
export const answerSigner =
  (keys: { readonly current: SigningKey }, now: () => number): SignAnswer =>
  (answer, digests) =>
    signAnswer(answer, digests, keys.current, now());
