import { randomUUID } from 'node:crypto';
import type { ReceivedRequest } from '../context.ts';
import { PublicError } from '../errors.ts';
import { type Language, languageOf } from '../language.ts';

export interface Received {
  readonly requestId: string;
  readonly language: Language;
}

/** Opens a request: its id and the language of its messages. Never refuses, so that every refusal has both. */
export const receive = ({ headers }: ReceivedRequest): Received => ({
  requestId: randomUUID(),
  language: languageOf(single(headers['accept-language'])),
});

/**
 * Reads the body of a POST: JSON in UTF-8, nothing else. Exotic charsets and compressed bodies are refused before a byte
 * of them is looked at (CVE-2026-23897, CVE-2024-28101).
 *
 * @throws PublicError METHOD_NOT_ALLOWED, UNSUPPORTED_MEDIA_TYPE, BAD_REQUEST, BATCHING_NOT_SUPPORTED
 */
export const readBody = ({ method, headers, body }: ReceivedRequest, methods: readonly string[]): unknown => {
  if (!methods.includes(method)) throw notAllowed(methods);
  if (method === 'GET') return undefined;
  if (single(headers['content-encoding']) !== undefined) throw new PublicError('UNSUPPORTED_MEDIA_TYPE');
  if (!isJson(single(headers['content-type']))) throw new PublicError('UNSUPPORTED_MEDIA_TYPE');
  const parsed = parse(body);
  if (Array.isArray(parsed)) throw new PublicError('BATCHING_NOT_SUPPORTED');
  return parsed;
};

const notAllowed = (methods: readonly string[]): PublicError => {
  const messages = methods.includes('GET') ? {} : { messages: { vi: 'Chỉ nhận POST.', en: 'Only POST is accepted.' } };
  return new PublicError('METHOD_NOT_ALLOWED', { headers: { allow: methods.join(', ') }, ...messages });
};

/** The GraphQL text that a request carries, if it does; whatever else is wrong with it is told by the protocol layer. */
export const textOf = ({ method, search }: ReceivedRequest, body: unknown): string | undefined => {
  if (method === 'GET') return new URLSearchParams(search).get('query') ?? undefined;
  if (typeof body !== 'object' || body === null || !Object.hasOwn(body, 'query')) return undefined;
  const { query } = body as { query: unknown };
  return typeof query === 'string' ? query : undefined;
};

const JSON_TYPE = /^application\/json\s*(?:;\s*charset\s*=\s*(?:utf-?8|"utf-?8")\s*)?$/i;

/** JSON in UTF-8, by its media type. */
export const isJson = (contentType: string | undefined): boolean =>
  contentType !== undefined && JSON_TYPE.test(contentType);

const utf8 = new TextDecoder('utf-8', { fatal: true });

const parse = (body: Buffer | undefined): unknown => {
  try {
    return JSON.parse(utf8.decode(body ?? new Uint8Array()));
  } catch {
    throw new PublicError('BAD_REQUEST', {
      messages: { vi: 'Thân yêu cầu không phải JSON hợp lệ.', en: 'The request body is not valid JSON.' },
    });
  }
};

export const single = (header: string | string[] | undefined): string | undefined =>
  Array.isArray(header) ? header.join(', ') : header;
