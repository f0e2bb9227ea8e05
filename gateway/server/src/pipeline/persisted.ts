import { createHash } from 'node:crypto';

import type { PersistedDocument } from '@lienthong/registry';

import type { ReceivedRequest } from '../context.ts';
import type { DocumentLookup } from '../documents/index.ts';
import { type Messages, PublicError } from '../errors.ts';
import type { Principal } from '../policy/principal.ts';

/** A request and its parsed body, which is undefined for GET. */
export interface Asked {
  readonly request: ReceivedRequest;
  readonly body: unknown;
  /** The registered operation that it is for. */
  readonly registered?: Registered | undefined;
}

/** By what a registered operation is known. */
export type Registered = Pick<PersistedDocument, 'hash' | 'name'>;

/**
 * Puts the text of a registered operation where a request names it by hash, by `documentId` (GraphQL over HTTP, appendix A)
 * or as an automatic persisted query does; every later step sees an ordinary request. A caller that may run registered
 * operations only goes on with such a text or not at all: nothing that it writes reaches the store of automatic persisted
 * queries, in either direction. Other callers fall back to that store.
 *
 * What is registered for other clients is unknown here, in code and words: a caller learns nothing of it.
 *
 * @throws PublicError PERSISTED_DOCUMENT_REQUIRED, PERSISTED_DOCUMENT_PURPOSE, BAD_REQUEST
 */
export const withRegisteredText = (asked: Asked, principal: Principal, documents: DocumentLookup): Asked => {
  const form = asked.request.method === 'GET' ? searchForm(asked) : bodyForm(asked);
  const bound = documents.isBound(principal);
  // Not a request that the protocol layer would understand; it says what is wrong.
  if (!form) return bound ? refuse('PERSISTED_DOCUMENT_REQUIRED') : asked;
  const { text, named } = form;
  const id = documentIdOf(named.documentId);
  const automatic = automaticHashOf(named.persistedQuery, bound);
  if (id !== undefined && automatic !== undefined && id !== automatic) throw badRequest(TWO_HASHES);
  const given = id ?? automatic;
  if (typeof text === 'string' && given !== undefined && given !== sha256(text)) throw badRequest(NOT_ITS_HASH);

  if (!bound) {
    // Who may send any text needs none that is registered.
    if (given === undefined || text !== undefined) return asked;
    const found = documents.find(given, principal);
    if (typeof found === 'object') return { ...form.rewritten(found.body), registered: found };
    if (id === undefined) return asked;
    if (found === 'otherPurpose') return refuse('PERSISTED_DOCUMENT_PURPOSE');
    return form.rewritten(undefined, { version: 1, sha256Hash: id });
  }
  const hash = typeof text === 'string' ? sha256(text) : text === undefined ? given : undefined;
  const found = hash === undefined ? 'unknown' : documents.find(hash, principal);
  if (typeof found === 'object') return { ...form.rewritten(found.body), registered: found };
  return refuse(found === 'unknown' ? 'PERSISTED_DOCUMENT_REQUIRED' : 'PERSISTED_DOCUMENT_PURPOSE');
};

/** Where a request says what is to run. */
interface Form {
  /** As it came; undefined where there is none, and a text to the protocol layer only where it is a string. */
  readonly text: unknown;
  readonly named: { readonly documentId: unknown; readonly persistedQuery: unknown };
  /** The same request with this text, or this automatic persisted query, in place of what named it. */
  rewritten(text: string | undefined, persistedQuery?: object): Asked;
}

const bodyForm = ({ request, body }: Asked): Form | undefined => {
  if (!isRecord(body)) return undefined;
  const extensions = own(body, 'extensions');
  if (!isMissing(extensions) && !isRecord(extensions)) return undefined;
  const query = own(body, 'query');
  return {
    // To the protocol layer null is no text either.
    text: query ?? undefined,
    named: { documentId: own(body, 'documentId'), persistedQuery: extensions && own(extensions, 'persistedQuery') },
    rewritten: (text, persistedQuery) => {
      const { query: _query, documentId: _documentId, extensions: _extensions, ...others } = body;
      // Where nothing is left of them, the request is as plain as one that sends the text.
      const left = { ...without(extensions), ...(persistedQuery && { persistedQuery }) };
      return {
        request,
        body: {
          ...others,
          ...(text === undefined ? {} : { query: text }),
          ...(Object.keys(left).length > 0 ? { extensions: left } : {}),
        },
      };
    },
  };
};

const searchForm = ({ request, body }: Asked): Form | undefined => {
  const params = new URLSearchParams(request.search);
  if (['query', 'documentId', 'extensions'].some((name) => params.getAll(name).length > 1)) return undefined;
  const written = params.get('extensions');
  const extensions = written === null ? undefined : parsed(written);
  if (!isMissing(extensions) && !isRecord(extensions)) return undefined;
  return {
    text: params.get('query') ?? undefined,
    named: {
      documentId: params.get('documentId'),
      persistedQuery: extensions && own(extensions, 'persistedQuery'),
    },
    rewritten: (text, persistedQuery) => {
      params.delete('query');
      params.delete('documentId');
      if (text !== undefined) params.set('query', text);
      const left = { ...without(extensions), ...(persistedQuery && { persistedQuery }) };
      params.set('extensions', JSON.stringify(left));
      return { request: { ...request, search: `?${params}` }, body };
    },
  };
};

const DOCUMENT_ID = /^sha256:([0-9a-f]{64})$/;

const documentIdOf = (id: unknown): string | undefined => {
  if (isMissing(id)) return undefined;
  const hash = typeof id === 'string' ? DOCUMENT_ID.exec(id)?.[1] : undefined;
  if (hash === undefined) throw badRequest(NO_DOCUMENT_ID);
  return hash;
};

/** @param strict whether what Apollo Server would refuse, or not take for one, must be refused here */
const automaticHashOf = (persistedQuery: unknown, strict: boolean): string | undefined => {
  // Apollo Server takes it for absent as well.
  if (!persistedQuery) return undefined;
  if (isRecord(persistedQuery) && own(persistedQuery, 'version') === 1) {
    const hash = own(persistedQuery, 'sha256Hash');
    if (typeof hash === 'string') return hash;
  }
  if (strict) throw badRequest(NO_AUTOMATIC_HASH);
  return undefined;
};

type Members = Readonly<Record<string, unknown>>;

const isMissing = (value: unknown): value is null | undefined => value === undefined || value === null;
const isRecord = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const own = (members: Members, name: string): unknown => (Object.hasOwn(members, name) ? members[name] : undefined);
const without = (extensions: Members | null | undefined): Members => {
  const { persistedQuery: _persistedQuery, ...others } = extensions ?? {};
  return others;
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    // Neither a record nor missing: the protocol layer says what it is.
    return text;
  }
};

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const refuse = (code: 'PERSISTED_DOCUMENT_REQUIRED' | 'PERSISTED_DOCUMENT_PURPOSE'): never => {
  throw new PublicError(code);
};

const badRequest = (messages: Messages): PublicError => new PublicError('BAD_REQUEST', { messages });

const TWO_HASHES: Messages = {
  vi: 'documentId và extensions.persistedQuery nêu hai mã băm khác nhau. Hãy chỉ gửi một.',
  en: 'documentId and extensions.persistedQuery name two different hashes. Send one of them.',
};
const NOT_ITS_HASH: Messages = {
  vi: 'Mã băm không phải là SHA-256 của câu truy vấn gửi kèm. Hãy bỏ một trong hai.',
  en: 'The hash is not the SHA-256 of the query sent with it. Leave one of them out.',
};
const NO_DOCUMENT_ID: Messages = {
  vi: 'documentId phải có dạng sha256: và 64 chữ số thập lục phân viết thường.',
  en: 'documentId must be sha256: and 64 hex digits in lower case.',
};
const NO_AUTOMATIC_HASH: Messages = {
  vi: 'extensions.persistedQuery phải là {"version": 1, "sha256Hash": "…"}.',
  en: 'extensions.persistedQuery must be {"version": 1, "sha256Hash": "…"}.',
};
