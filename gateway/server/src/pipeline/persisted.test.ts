import { createHash } from 'node:crypto';

import { describe, expect, test } from '@jest/globals';

import type { ReceivedRequest } from '../context.ts';
import type { DocumentLookup, Found } from '../documents/index.ts';
import { PublicError } from '../errors.ts';
import { anonymous } from '../policy/principal.ts';
import { withRegisteredText } from './persisted.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const REGISTERED = '{ me { name } }';
const ELSEWHERE = '{ me { family } }';
const UNKNOWN = '{ me { code } }';

const lookup = (bound: boolean): DocumentLookup => ({
  isBound: () => bound,
  find: (hash): Found =>
    hash === sha256(REGISTERED) ? { hash, body: REGISTERED } : hash === sha256(ELSEWHERE) ? 'otherPurpose' : 'unknown',
});

const request = (method: string, search = ''): ReceivedRequest => ({
  method,
  path: '/graphql',
  search,
  headers: {},
  rawHeaders: [],
  body: undefined,
  peer: { address: '127.0.0.1', certificate: undefined },
});

type Members = Readonly<Record<string, unknown>>;

/** What goes on to the protocol layer; or the code of the refusal. */
const byPost = (bound: boolean, body: unknown): unknown => {
  try {
    return withRegisteredText({ request: request('POST'), body }, anonymous, lookup(bound)).body;
  } catch (error) {
    if (error instanceof PublicError) return error.code;
    throw error;
  }
};
const byGet = (bound: boolean, search: string): unknown => {
  try {
    const told = withRegisteredText({ request: request('GET', search), body: undefined }, anonymous, lookup(bound));
    const params = new URLSearchParams(told.request.search);
    return told.request.search === search ? 'untouched' : Object.fromEntries(params);
  } catch (error) {
    if (error instanceof PublicError) return error.code;
    throw error;
  }
};
const get = (bound: boolean, members: Members): unknown =>
  byGet(
    bound,
    `?${new URLSearchParams(
      Object.entries(members).map(([name, value]): [string, string] => [
        name,
        typeof value === 'string' ? value : JSON.stringify(value),
      ]),
    )}`,
  );

const id = (text: string) => ({ documentId: `sha256:${sha256(text)}` });
const automatic = (text: string) => ({ extensions: { persistedQuery: { version: 1, sha256Hash: sha256(text) } } });

describe('a registered operation', () => {
  test.each([
    ['by its id', id(REGISTERED)],
    ['as an automatic persisted query', automatic(REGISTERED)],
    ['by both', { ...id(REGISTERED), ...automatic(REGISTERED) }],
    ['with null for a text', { ...id(REGISTERED), query: null }],
    ['with null for the extensions', { ...id(REGISTERED), extensions: null }],
  ])('%s is put in place of what named it', (_how, members) => {
    const others = { operationName: 'A', variables: { a: 1 } };
    for (const bound of [true, false]) {
      expect(byPost(bound, { ...members, ...others })).toEqual({ ...others, query: REGISTERED });
    }
  });

  test('is by GET too', () => {
    for (const bound of [true, false]) {
      for (const members of [id(REGISTERED), automatic(REGISTERED)]) {
        expect(get(bound, { ...members, variables: { a: '&' }, operationName: 'A' })).toEqual({
          query: REGISTERED,
          variables: '{"a":"&"}',
          operationName: 'A',
          extensions: '{}',
        });
      }
    }
  });

  test('may be sent as its text by whoever may run nothing else, and is not stored', () => {
    expect(byPost(true, { query: REGISTERED })).toEqual({ query: REGISTERED });
    expect(byPost(true, { query: REGISTERED, ...automatic(REGISTERED) })).toEqual({
      query: REGISTERED,
    });
    expect(get(true, { query: REGISTERED, ...automatic(REGISTERED) })).toEqual({ query: REGISTERED, extensions: '{}' });
  });

  test('keeps other extensions, members named like a prototype among them', () => {
    const body = JSON.parse(
      `{"documentId":"sha256:${sha256(REGISTERED)}","extensions":{"a":1,"__proto__":{"persistedQuery":{"version":1}}}}`,
    );
    const told = JSON.stringify(byPost(true, body));
    expect(JSON.parse(told).query).toBe(REGISTERED);
    expect(told).toContain('"extensions":{"a":1,"__proto__":{"persistedQuery":{"version":1}}}');
  });
});

describe('a caller that may run registered operations only', () => {
  test.each<[string, unknown, string]>([
    ['another text', { query: UNKNOWN }, 'PERSISTED_DOCUMENT_REQUIRED'],
    ['another hash', id(UNKNOWN), 'PERSISTED_DOCUMENT_REQUIRED'],
    ['another automatic hash', automatic(UNKNOWN), 'PERSISTED_DOCUMENT_REQUIRED'],
    ['another text to be stored', { query: UNKNOWN, ...automatic(UNKNOWN) }, 'PERSISTED_DOCUMENT_REQUIRED'],
    ['a registered text with a blank more', { query: `${REGISTERED} ` }, 'PERSISTED_DOCUMENT_REQUIRED'],
    ['another purpose', id(ELSEWHERE), 'PERSISTED_DOCUMENT_PURPOSE'],
    ['another purpose, as text', { query: ELSEWHERE }, 'PERSISTED_DOCUMENT_PURPOSE'],
    ['another text under a registered id', { query: UNKNOWN, ...id(REGISTERED) }, 'BAD_REQUEST'],
    ['another text under a registered hash', { query: UNKNOWN, ...automatic(REGISTERED) }, 'BAD_REQUEST'],
    ['an empty text under a registered id', { query: '', ...id(REGISTERED) }, 'BAD_REQUEST'],
    ['two hashes', { ...id(REGISTERED), ...automatic(UNKNOWN) }, 'BAD_REQUEST'],
    ['no text for a text', { query: 5, ...id(REGISTERED) }, 'PERSISTED_DOCUMENT_REQUIRED'],
    ['a list for a text', { query: [UNKNOWN], ...id(REGISTERED) }, 'PERSISTED_DOCUMENT_REQUIRED'],
    ['nothing', {}, 'PERSISTED_DOCUMENT_REQUIRED'],
    ['no object', 'x', 'PERSISTED_DOCUMENT_REQUIRED'],
    ['extensions in a text', { ...id(REGISTERED), extensions: '{}' }, 'PERSISTED_DOCUMENT_REQUIRED'],
    ['an id of another kind', { documentId: sha256(REGISTERED) }, 'BAD_REQUEST'],
    ['an id in capitals', { documentId: `sha256:${sha256(REGISTERED).toUpperCase()}` }, 'BAD_REQUEST'],
    ['an id in a list', { documentId: [id(REGISTERED).documentId] }, 'BAD_REQUEST'],
    [
      'another version',
      { extensions: { persistedQuery: { version: 2, sha256Hash: sha256(REGISTERED) } } },
      'BAD_REQUEST',
    ],
    ['a version in a text', { extensions: { persistedQuery: { version: '1', sha256Hash: 'a' } } }, 'BAD_REQUEST'],
    ['a name of a prototype', { documentId: 'sha256:__proto__' }, 'BAD_REQUEST'],
  ])('is refused with %s', (_what, body, code) => {
    expect(byPost(true, body)).toBe(code);
  });

  test.each([
    ['two texts', `?query=${encodeURIComponent(REGISTERED)}&query=${encodeURIComponent(UNKNOWN)}`],
    ['two ids', `?documentId=${id(REGISTERED).documentId}&documentId=${id(UNKNOWN).documentId}`],
    ['extensions that are no JSON', `?documentId=${id(REGISTERED).documentId}&extensions={`],
    ['extensions twice', `?documentId=${id(REGISTERED).documentId}&extensions={}&extensions={}`],
    ['nothing', ''],
  ])('is refused with %s by GET', (_what, search) => {
    expect(byGet(true, search)).toBe('PERSISTED_DOCUMENT_REQUIRED');
  });

  test('is not helped by a registered hash in the address of a POST', () => {
    const asked = { request: request('POST', `?documentId=${id(REGISTERED).documentId}`), body: { query: UNKNOWN } };
    expect(() => withRegisteredText(asked, anonymous, lookup(true))).toThrow(PublicError);
  });
});

describe('any other caller', () => {
  test.each<[string, Members]>([
    ['any text', { query: UNKNOWN }],
    ['a text that is registered for another purpose', { query: ELSEWHERE }],
    ['a text to be stored', { query: UNKNOWN, ...automatic(UNKNOWN) }],
    ['an automatic hash', automatic(UNKNOWN)],
    ['an automatic hash that is registered for another purpose', automatic(ELSEWHERE)],
    ['a text with its id', { query: UNKNOWN, ...id(UNKNOWN) }],
    ['nothing', {}],
    ['another version', { extensions: { persistedQuery: { version: 2, sha256Hash: 'a' } } }],
  ])('goes on as it is with %s', (_what, body) => {
    expect(byPost(false, body)).toBe(body);
    expect(get(false, body)).toBe('untouched');
  });

  test('goes on as it is with no text for a text', () => {
    const body = { query: 5, ...id(REGISTERED) };
    expect(byPost(false, body)).toBe(body);
  });

  test('may mean an automatic persisted query by an id', () => {
    expect(byPost(false, id(UNKNOWN))).toEqual(automatic(UNKNOWN));
    expect(get(false, id(UNKNOWN))).toEqual({ extensions: JSON.stringify(automatic(UNKNOWN).extensions) });
  });

  test.each<[string, unknown, string]>([
    ['an id that is registered for another purpose', id(ELSEWHERE), 'PERSISTED_DOCUMENT_PURPOSE'],
    ['a registered hash with another text', { query: UNKNOWN, ...automatic(REGISTERED) }, 'BAD_REQUEST'],
    ['an id with another text', { query: UNKNOWN, ...id(REGISTERED) }, 'BAD_REQUEST'],
    ['two hashes', { ...id(REGISTERED), ...automatic(UNKNOWN) }, 'BAD_REQUEST'],
    ['an id of another kind', { documentId: 'x' }, 'BAD_REQUEST'],
  ])('is refused with %s', (_what, body, code) => {
    expect(byPost(false, body)).toBe(code);
  });
});
