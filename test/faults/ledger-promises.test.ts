import { expect, test } from '@jest/globals';

import { committed } from '../kit/commitments.ts';
import type { KeptRecord } from '../kit/kept-records.ts';
import { ledgerKeys } from '../kit/ledger-keys.ts';
import type { Told } from './ledger-load.ts';
import { PERSONAL } from './ledger-people.ts';
import { brokenPromises, type Promised } from './ledger-promises.ts';

const keys = ledgerKeys();
const NUMBER = '051010000001';
const NONCE = 'LHDhK3oGRvkiefQnx7OOczTY5Tic_xZ6HcMOc_gmtoM';
const TEXT = `{"data":{"rename":{"name":"${PERSONAL}mark-1"}}}`;

const record = (kind: 'INTENT' | 'OUTCOME', operation: object): KeptRecord =>
  ({
    common: { kind, id: kind, time: '2026-11-23T02:00:00.000Z' },
    operation: { request: 'request-1', ...operation },
    entries: [{ subject: keys.subjectOf(NUMBER), coordinates: [] }],
  }) as unknown as KeptRecord;
const intent = record('INTENT', {});
const outcome = record('OUTCOME', { intent: 'INTENT', status: 200, answerCommitment: committed.answer(NONCE, TEXT) });
const told: Told = {
  ...{ what: 'write', gateway: 'single', number: NUMBER, mark: 'mark-1', at: 1, status: 200, text: TEXT },
  ...{ record: 'OUTCOME', nonce: NONCE },
};
const executed = { mark: 'mark-1', request: 'request-1' };
const sound: Promised = {
  ...{ told: [told], executed: [executed], records: [intent, outcome], keys },
  wasKilled: () => false,
};
const { record: _, nonce: ____, ...unnamed } = told;
const { text: __, status: ___, ...lost } = unnamed;
const withheld = { ...unnamed, status: 503, text: '{"code":"LEDGER_UNAVAILABLE","executed":true}' };

test('a write that was kept as promised breaks nothing', () => {
  expect(brokenPromises(sound)).toMatchObject({ broken: [], late: [] });
  const unsaid = { ...sound, told: [withheld] };
  expect(brokenPromises(unsaid)).toMatchObject({ broken: [], late: [] });
  const died = { ...sound, told: [lost], records: [intent], wasKilled: () => true };
  expect(brokenPromises(died)).toMatchObject({ broken: [], late: [], seen: { lost: 1, unfinished: 1 } });
});

test.each<[string, Partial<Promised>, RegExp]>([
  ['an answer without a record', { told: [unnamed] }, /somebody's data, no record/],
  ['an answer whose record is not there', { records: [intent] }, /is not there/],
  ['an answer of other bytes', { told: [{ ...told, text: `${TEXT} ` }] }, /is of another answer/],
  ['an answer about somebody else', { told: [{ ...told, number: '051010000002' }] }, /about somebody else/],
  ['an answer whose nonce is another', { told: [{ ...told, nonce: 'x' }] }, /is of another answer/],
  [
    'two answers with one nonce',
    { told: [told, { ...told, mark: undefined, record: 'INTENT' }] },
    /its nonce came with/,
  ],
  ['two answers with one record', { told: [told, { ...told, mark: undefined }] }, /came with another answer/],
  ['an answer that is lost for no reason', { told: [lost] }, /nobody killed/],
  ['data in a refusal', { told: [{ ...withheld, text: `${withheld.text}${TEXT}` }] }, /no record/],
  ['a write without its INTENT', { records: [outcome] }, /without an INTENT/],
  ['a write without its OUTCOME', { told: [withheld], records: [intent] }, /no OUTCOME/],
  ['a write twice', { executed: [executed, executed] }, /twice/],
  ['a write that never was', { executed: [] }, /never carried out/],
  ['a write that is not told', { told: [{ ...withheld, text: 'LEDGER_UNAVAILABLE' }] }, /not told/],
])('%s is noticed', (_what, change, why) => {
  const { broken, late } = brokenPromises({ ...sound, ...change });
  expect([...broken, ...late].join('\n')).toMatch(why);
});
