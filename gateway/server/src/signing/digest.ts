import { hash } from 'node:crypto';

import type { Answer, ReceivedRequest } from '../context.ts';

/** Of one request and its answer, each as `sha-256=:…:` (RFC 9530 §2). */
export interface Digests {
  /** Absent where the gateway did not read the request to its end. */
  readonly request?: string;
  readonly answer: string;
}

/** A field value of RFC 9530. */
export const digestOf = (content: string | Uint8Array): string => `sha-256=:${hash('sha256', content, 'base64')}:`;

/**
 * What was asked: the content of the request, byte for byte as it came; of a request without content, the query of its
 * address with its question mark (the value of `@query`, RFC 9421 §2.2.7). No JSON begins with a question mark.
 */
export const requestDigest = ({ body, search }: Pick<ReceivedRequest, 'body' | 'search'>): string =>
  digestOf(body !== undefined && body.length > 0 ? body : search || '?');

/** What leaves as the content of this answer: nothing, where HEAD was asked (RFC 9530 appendix B.2). */
export const contentOf = ({ body }: Pick<Answer, 'body'>, method: string): string | Buffer =>
  method === 'HEAD' ? '' : body;

/** Of a request that was read, and the answer that it gets. */
export const digestsOf = (request: ReceivedRequest, answer: Pick<Answer, 'body'>): Required<Digests> => ({
  request: requestDigest(request),
  answer: digestOf(contentOf(answer, request.method)),
});
