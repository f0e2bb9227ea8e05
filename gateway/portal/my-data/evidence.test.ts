import { readFileSync } from 'node:fs';
import { describe, expect, jest, test } from '@jest/globals';
import type { Disclosure } from './disclosures.ts';
import { check } from './evidence.ts';

const vector = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../ledger/vectors/${name}`, import.meta.url), 'utf8'));

const proof = vector('proof.json')['record 0'];
const jwks = vector('jwks.json');

const term = (code: string) => ({ code, vi: code, en: code });
/** What the page shows of the record that the vector proves. */
const shown: Disclosure = {
  id: '019ab000-0000-7000-8000-000000000000',
  time: '2026-11-23T02:00:00.000Z',
  kind: 'ANSWER',
  own: false,
  application: 'mot-cua',
  agency: term('H48.53'),
  purpose: term('TTHC'),
  legalBasis: term('MANDATORY_SHARE'),
  law: null,
  data: [
    {
      department: term('citizens'),
      items: [{ vi: 'họ tên', en: 'name', sensitive: false, coordinates: ['Citizen.fullName'] }],
    },
  ],
  passed: [],
};

describe('evidence', () => {
  test('of what is shown is sound', async () => {
    expect(await check(shown, proof, jwks)).toEqual({
      kind: 'true',
      seq: 0,
      size: 5,
      signed: '2026-11-23T02:01:05.000Z',
      kid: 'vectors',
    });
  });

  test.each<[string, Partial<Disclosure>]>([
    ['id', { id: '019ab000-0000-7000-8000-000000000001' }],
    ['time', { time: '2026-11-23T02:00:00.001Z' }],
    ['kind', { kind: 'CHANGE' }],
    ['reader: oneself', { own: true }],
    ['agency', { agency: term('H48.14') }],
    ['agency, left out', { agency: null }],
    ['application', { application: 'viettel' }],
    ['purpose', { purpose: term('KYC') }],
    ['basis', { legalBasis: term('CONSENT') }],
    ['field, left out', { data: [] }],
    ['hand-over between departments', { passed: [{ to: term('health'), data: shown.data }] }],
  ])('of something else than what is shown is told: another %s', async (_what, change) => {
    expect(await check({ ...shown, ...change }, proof, jwks)).toEqual({ kind: 'other' });
  });

  test.each([
    ['is there only once a head covers the record', null, { kind: 'unsigned' }],
    ['with another seq is false', { ...proof, seq: 1 }, { kind: 'false', fault: 'INCLUSION' }],
    [
      'of an altered record is false',
      { ...proof, common: { ...proof.common, text: proof.common.text.replace('TTHC', 'BHYT') } },
      { kind: 'false', fault: 'RECORD_ROOT' },
    ],
    [
      'whose head was altered is false',
      { ...proof, head: proof.head.replace(/.$/, (last: string) => (last === 'A' ? 'B' : 'A')) },
      { kind: 'false', fault: expect.stringMatching(/^HEAD_/) },
    ],
    ['of no known form is false', { format: 'other' }, { kind: 'false', fault: 'FORMAT' }],
  ])('%s', async (_what, given, verdict) => {
    expect(await check(shown, given, jwks)).toEqual(verdict);
  });

  test('of an algorithm that the browser lacks is neither sound nor false', async () => {
    const importKey = jest
      .spyOn(crypto.subtle, 'importKey')
      .mockRejectedValue(Object.assign(new Error('Ed25519'), { name: 'NotSupportedError' }));
    expect(await check(shown, proof, jwks)).toEqual({ kind: 'unable' });
    importKey.mockRejectedValue(new Error('something else'));
    await expect(check(shown, proof, jwks)).rejects.toThrow('something else');
    importKey.mockRestore();
  });

  test('under keys that are not the gateway’s is false', async () => {
    expect(await check(shown, proof, { keys: [] })).toEqual({ kind: 'false', fault: 'HEAD_KEY' });
    expect(await check(shown, proof, 'no keys')).toEqual({ kind: 'false', fault: 'KEYS' });
  });
});
