import { describe, expect, test } from '@jest/globals';

import { ask, type Miniature } from '../testing/miniature.ts';

/** An interface and a union with members of two types, one field of them guarded. */
const archive: Miniature = {
  sdl: `
    type Query { file: File, files: [File], found: Found }
    interface Titled { title: String }
    interface File implements Titled { title: String  next: File }
    union Found = Letter | Map
    type Letter implements File & Titled { title: String  next: File  text: String }
    type Map implements File & Titled { title: String  next: Map  scale: Int }
  `,
  rules: { 'Letter.text': ['read'] },
  data: {
    file: {
      __typename: 'Map',
      title: 'coast',
      scale: 5,
      next: { __typename: 'Map', title: 'hills', next: { __typename: 'Map', title: 'plain' } },
    },
    files: [
      { __typename: 'Letter', title: 'to An', text: 'secret' },
      { __typename: 'Map', title: 'coast', scale: 5 },
    ],
    found: { __typename: 'Letter', text: 'secret' },
  },
};

describe("an object's type", () => {
  test('is not asked for where every type is answered alike', async () => {
    const answer = await ask(archive, { query: '{ files { ... on File { title } } }' });
    expect(answer.sent).toBe('{ files { ... on File { title } } }');
    expect(answer.data).toEqual({ files: [{ title: 'to An' }, { title: 'coast' }] });
  });

  test.each([
    ['{ file { __typename } }', '{ file { __typename } }', { file: { __typename: 'Map' } }],
    ['{ file { kind: __typename } }', '{ file { __typename } }', { file: { kind: 'Map' } }],
    ['{ file { ... on Map { scale } } }', '{ file { ... on Map { scale } __typename } }', { file: { scale: 5 } }],
    [
      '{ file { ... on Titled { title } } }',
      '{ file { ... on Titled { title } __typename } }',
      { file: { title: 'coast' } },
    ],
    ['{ file { __typename @skip(if: true) title } }', '{ file { title } }', { file: { title: 'coast' } }],
    ['{ found { ... on Map { scale } } }', '{ found { ... on Map { scale } __typename } }', { found: {} }],
  ])('%s', async (query, sent, data) => {
    expect(await ask(archive, { query })).toEqual({ sent, data, denials: [] });
  });

  test('is asked for where only what is denied depends on it', async () => {
    const answer = await ask(archive, { query: '{ files { title ... on Letter { text } } }' });
    expect(answer.sent).toBe('{ files { title __typename } }');
    expect(answer.data).toEqual({ files: [{ title: 'to An', text: null }, { title: 'coast' }] });
  });

  test('is asked for where a denied selection under the same key depends on it', async () => {
    const answer = await ask(archive, { query: '{ files { title } files { ... on Letter { text } } }' });
    expect(answer.sent).toBe('{ files { title __typename } }');
    expect(answer.data).toEqual({ files: [{ title: 'to An', text: null }, { title: 'coast' }] });
  });

  test('selections on an interface and on an object meet under one key', async () => {
    const query = '{ file { next { __typename next { ... on Map { title } } } ... on Map { next { title } } } }';
    expect((await ask(archive, { query })).data).toEqual({
      file: { next: { __typename: 'Map', title: 'hills', next: { title: 'plain' } } },
    });
  });

  test('cannot be told by a client alias', async () => {
    const query = '{ files { __typename: title ... on Letter { text } } }';
    const answer = await ask(archive, { query, scopes: ['read'] });
    expect(answer.sent).toBe('{ files { lt_0: title ... on Letter { text } __typename } }');
    expect(answer.data).toEqual({ files: [{ __typename: 'to An', text: 'secret' }, { __typename: 'coast' }] });
  });
});
