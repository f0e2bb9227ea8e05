import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';

import { type RecordOfAnswer, recordOfAnswer, type ShownAnswer } from './index.ts';
import { MadeUpLedger } from './testing/index.ts';

/** Written by another program, in another language, from docs/ledger.md. */
const [vector] = JSON.parse(readFileSync(new URL('../../ledger/vectors/commitment.json', import.meta.url), 'utf8')) as {
  nonce: string;
  request: string;
  answer: string;
  requestCommitment: string;
  answerCommitment: string;
}[];
if (vector === undefined) throw new TypeError('no vectors');
const { nonce, request, answer, requestCommitment, answerCommitment } = vector;

const ledger = new MadeUpLedger();
ledger.record();
const intent = ledger.record({ kind: 'INTENT', operation: { request: 'the request' } });
const committed = { request: 'the request', requestCommitment, answerCommitment };
const record = ledger.record({ kind: 'OUTCOME', operation: { ...committed, intent } });
ledger.head();
const lines = ledger.lines();

async function* exported(text: readonly string[] = lines): AsyncGenerator<string> {
  for (const line of text) yield `${line}\n`;
}
const shown: ShownAnswer = { record, requestId: 'the request', nonce, content: answer, request };
const ask = (change: Partial<ShownAnswer> = {}, text = lines): Promise<RecordOfAnswer> =>
  recordOfAnswer(exported(text), { ...shown, ...change });

describe('the record of an answer', () => {
  test.each<[string, Partial<ShownAnswer>]>([
    ['by its name', {}],
    ['by the id of the request, where the answer does not name it', { record: undefined }],
    ['of bytes', { content: Buffer.from(answer), request: Buffer.from(request) }],
    ['of a request that nobody shows', { request: undefined }],
  ])('is found: %s', async (_what, change) => {
    expect(await ask(change)).toEqual({ is: 'found', seq: 2 });
  });

  test('is found in its own line alone', async () => {
    expect(await ask({}, [lines[3] ?? ''])).toEqual({ is: 'found', seq: 2 });
  });

  test.each<[string, Partial<ShownAnswer>, 'answer' | 'request']>([
    ['content', { content: `${answer} ` }, 'answer'],
    ['nonce', { nonce: requestCommitment }, 'answer'],
    ['nonce that is none', { nonce: '' }, 'answer'],
    ['request', { request: `${request} ` }, 'request'],
    ['request, of which the answer is the content', { request: answer }, 'request'],
  ])('is another: %s', async (_what, change, what) => {
    expect(await ask(change)).toEqual({ is: 'other', seq: 2, what });
  });

  test('is another where its commitment was exchanged, though the line be in order by itself', async () => {
    const other = new MadeUpLedger();
    const id = other.record({ operation: { ...committed, answerCommitment: requestCommitment } });
    expect(await ask({ record: id }, other.lines())).toEqual({ is: 'other', seq: 0, what: 'answer' });
  });

  test('is told where it was altered', async () => {
    const altered = lines.map((line) => line.replace('H48.53-261123-0001', 'H48.53-261123-0002'));
    expect(await ask({}, altered)).toEqual({ is: 'other', seq: 2, what: 'record' });
  });

  test('is found behind an altered copy of it', async () => {
    const copy = lines[3]?.replace('H48.53-261123-0001', 'H48.53-261123-0002') ?? '';
    expect(await ask({}, [copy])).toEqual({ is: 'other', seq: 2, what: 'record' });
    expect(await ask({}, [copy, ...lines])).toEqual({ is: 'found', seq: 2 });
  });

  test('is missing where there is none, and where its body was deleted', async () => {
    expect(await ask({ record: ledger.idOf(17) })).toEqual({ is: 'missing' });
    expect(await ask({ record: undefined, requestId: 'another' })).toEqual({ is: 'missing' });
    // An INTENT is of no answer, so of no other one either.
    expect(await ask({ record: undefined }, lines.slice(0, 3))).toEqual({ is: 'missing' });
    const retained = new MadeUpLedger();
    const deleted = retained.record({ operation: committed });
    retained.retain(0, 0);
    expect(await ask({ record: deleted }, retained.lines())).toEqual({ is: 'missing' });
  });
});
