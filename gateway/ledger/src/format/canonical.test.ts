import { describe, expect, test } from '@jest/globals';
import { vectors } from '../testing/vectors.ts';
import { canonicalJson, type Json, orderedJson, parseCanonical } from './canonical.ts';
import { commonText, eachSubjectOnce, entriesText, entryText, operationText, retentionText } from './record.ts';

const parts = vectors('canonical.json');

const cases: [string, Json][] = parts.canonical.map(({ text, value }) => [text, value as Json]);

describe('a part', () => {
  test.each(cases)('is written %s', (text, value) => {
    expect(canonicalJson(value)).toBe(text);
  });

  test.each(parts.refused)('is not %j', (text) => {
    expect(parseCanonical(text)).toBeUndefined();
  });

  test('holds no half of a character', () => {
    expect(() => canonicalJson({ case: 'a\ud800b' })).toThrow(RangeError);
    expect(orderedJson({ case: 'a\0b\u0001' })).toBe(canonicalJson({ case: 'a\ufffdb\u0001' }));
    expect(orderedJson({ case: 'a\ud800b', other: '\\ud800 \u{1f600}' })).toBe(
      canonicalJson({ case: 'a\ufffdb', other: '\\ud800 \u{1f600}' }),
    );
  });
});

describe('the texts of a record are canonical, with every member and with none', () => {
  const common = {
    kind: 'ANSWER',
    id: '019ab000-0000-7000-8000-000000000000',
    time: '2026-11-23T02:00:00.000Z',
    issuer: 'https://idp.example',
    partner: 'mot-cua',
    agency: 'H48.53',
    purpose: 'TTHC',
    legalBasis: 'MANDATORY_SHARE',
  } as const;
  const operation = {
    request: 'r',
    officer: 'Nguyễn "Văn" A',
    case: 'c\n1',
    operation: { type: 'query', hash: '00', name: 'HoSo' },
    disclosed: ['Citizen.fullName'],
    denied: ['Citizen.id'],
    departments: [{ name: 'citizens', status: 'ok' }],
    status: 200,
    requestCommitment: 'a',
    answerCommitment: 'b',
    intent: 'i',
  } as const;
  const texts: [string, string][] = [
    ['common', commonText(common)],
    ['common, bare', commonText({ kind: 'RETENTION', id: common.id, time: common.time })],
    ['operation', operationText(operation, 1)],
    ['operation, bare', operationText({ request: 'r', disclosed: [], denied: [], departments: [] }, 0)],
    ['retention', retentionText({ from: 0, to: 3, before: common.time }, 'jws')],
    ['entry', entryText({ subject: 's1.x', coordinates: ['Citizen.id'], passed: [['Citizen.id', 'health']] })],
    ['entry, bare', entryText({ subject: 's1.x', coordinates: [], passed: [] })],
  ];
  test.each(texts)('%s', (_, text) => {
    expect(parseCanonical(text)).toBeDefined();
  });

  test('nothing of a record is lost', () => {
    expect(JSON.parse(commonText(common))).toEqual({ ...common, v: 1 });
    expect(JSON.parse(operationText(operation, 7))).toEqual({ ...operation, subjects: 7 });
  });

  test('entries are in the order of their subjects, each as if it stood alone', () => {
    const shared = ['Citizen.id', 'Citizen.fullName'];
    const entries = [
      { subject: 's1.b', coordinates: shared },
      { subject: 's1.a', coordinates: shared },
      { subject: 's1.C', coordinates: shared, passed: [['Citizen.id', 'health']] as const },
      { subject: 's1.d', coordinates: [...shared, 'Citizen.sex'] },
      { subject: 's1.e', coordinates: shared, passed: [] },
    ];
    const [b, a, c, d, e] = entries.map(entryText);
    expect(entriesText(eachSubjectOnce(entries))).toEqual([c, a, b, d, e]);
  });
});
