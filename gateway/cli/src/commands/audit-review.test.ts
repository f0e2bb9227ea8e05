import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type NewRecord, openLedger } from '@lienthong/ledger';
import { type LedgerDatabase, ledgerDatabase } from '@lienthong/ledger/testing';
import { CommandError } from '../command-error.ts';
import { createProgram } from '../program.ts';

const ignore = () => undefined;
let ledger: LedgerDatabase;

/** Kept at a moment of the province's time, in November 2026: the 20th is a Friday. */
const kept: readonly (readonly [moment: string, people: number, more: Partial<NewRecord>])[] = [
  ['2026-11-18T09:00', 30, { officer: 'an' }],
  ['2026-11-19T09:00', 30, { officer: 'an' }],
  ['2026-11-20T09:00', 149, { officer: 'an' }],
  ['2026-11-20T10:00', 20, { officer: 'bình' }],
  ['2026-11-20T18:30', 20, { officer: 'bình', case: 'H48-1' }],
  ['2026-11-20T18:31', 19, { officer: 'bình' }],
  ['2026-11-21T10:00', 25, {}],
  ['2026-11-20T11:00', 1, { officer: 'chi', purpose: 'EMERGENCY' }],
  ['2026-11-20T11:01', 1, { kind: 'INTENT', officer: 'chi', purpose: 'EMERGENCY' }],
  ['2026-11-20T12:00', 120, { officer: 'dung' }],
  ['2026-11-01T11:00', 1, { officer: 'chi', purpose: 'EMERGENCY' }],
];

beforeAll(async () => {
  ledger = await ledgerDatabase();
  let now = 0;
  const log = { info: ignore, warn: ignore, error: ignore };
  const writer = openLedger({ database: ledger.writer, subjectKey: new Uint8Array(32), log, now: () => now });
  for (const [moment, people, more] of kept) {
    now = Date.parse(`${moment}:00+07:00`);
    await writer.append({
      kind: 'ANSWER',
      issuer: 'https://idp.example',
      partner: 'mot-cua',
      agency: 'H48',
      purpose: 'TTHC',
      request: 'r',
      disclosed: ['Citizen.fullName'],
      denied: [],
      departments: [],
      status: 200,
      entries: Array.from({ length: people }, (_, n) => ({ citizen: `k1.${n}`, coordinates: ['Citizen.fullName'] })),
      ...more,
    });
  }
  await writer.close();
});
afterEach(() => {
  jest.restoreAllMocks();
});
afterAll(() => ledger.drop());

const review = async (language: 'vi' | 'en', ...argv: string[]): Promise<string> => {
  let out = '';
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += String(text);
    return true;
  });
  const whole = ['audit', 'review', '--database', ledger.reader, ...argv];
  try {
    await createProgram(language).parseAsync(whole, { from: 'user' });
    return out;
  } catch (error) {
    if (error instanceof CommandError) return error.code;
    throw error;
  }
};

test('emergencies, bulk outside of working hours, and unusual days are listed', async () => {
  const found = JSON.parse(await review('en', '--since', '2026-11-18', '--json'));
  expect(found.emergencies).toMatchObject([
    { seq: 7, officer: 'chi', people: 1, time: '2026-11-20T04:00:00.000Z' },
    // Nobody has told how it ended.
    { seq: 8, officer: 'chi', people: 1 },
  ]);
  expect(found.offHours).toMatchObject([
    { seq: 4, officer: 'bình', case: 'H48-1', people: 20 },
    { seq: 6, officer: null, partner: 'mot-cua', people: 25 },
  ]);
  // Twenty in one answer and nineteen of them again: a night of more than one answer.
  expect(found.busyNights).toMatchObject([{ day: '2026-11-20', officer: 'bình', people: 20, records: 2 }]);
  // 149 is less than five times what is usual for one, 120 is new for the other.
  expect(found.busyDays).toMatchObject([{ day: '2026-11-20', officer: 'dung', people: 120, usual: null, records: 1 }]);
});

test('bounds are the caller’s', async () => {
  const found = JSON.parse(await review('en', '--since', '2026-11-01', '--bulk', '26', '--volume', '20', '--json'));
  expect(found.emergencies).toHaveLength(3);
  expect(found.offHours).toEqual([]);
  expect(found.busyDays).toHaveLength(4);
});

test('as a table', async () => {
  const text = await review('en', '--since', '2026-11-18');
  expect(text).toMatch(
    /^Emergency accesses, each to be justified: 2\nRECORD {2}TIME +AGENCY {2}PARTNER {2}OFFICER {2}CASE/,
  );
  expect(text).toMatch(/\n7 +2026-11-20T04:00:00\.000Z {2}H48 +mot-cua {2}chi +– +EMERGENCY {2}1\n/);
  expect(await review('vi', '--since', '2027-01-01')).toBe(
    'Truy cập khẩn cấp (EMERGENCY), phải giải trình từng lần: 0\n\nTra cứu hàng loạt ngoài giờ làm việc: 0\n\nNhiều người được tra cứu từng ít một ngoài giờ làm việc: 0\n\nSố người được tra cứu trong ngày nhiều bất thường: 0\n',
  );
});

describe('--metrics', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'review-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test('counts go into the file beside the list, as text or JSON; a review that fails leaves the file as it was', async () => {
    const file = join(folder, 'review.prom');
    const listed = JSON.parse(await review('en', '--since', '2026-11-18', '--json', '--metrics', file));
    expect(listed.offHours).toHaveLength(2);
    const counts = (): readonly string[] => readFileSync(file, 'utf8').match(/^lienthong_review_findings.*$/gm) ?? [];
    expect(counts()).toEqual([
      'lienthong_review_findings{kind="emergencies",day="2026-11-20"} 2',
      'lienthong_review_findings{kind="offHours",day="2026-11-20"} 1',
      'lienthong_review_findings{kind="offHours",day="2026-11-21"} 1',
      'lienthong_review_findings{kind="busyNights",day="2026-11-20"} 1',
      'lienthong_review_findings{kind="busyDays",day="2026-11-20"} 1',
    ]);
    expect(await review('vi', '--since', '2027-01-01', '--metrics', file)).toContain('phải giải trình từng lần: 0\n');
    expect(counts()).toEqual([]);

    const before = readFileSync(file, 'utf8');
    expect(await review('en', '--metrics', file, '--database', ledger.writer)).toBe('LEDGER_RIGHTS');
    expect(readFileSync(file, 'utf8')).toBe(before);
  });

  test('a name that no collector reads is refused before the ledger is asked', async () => {
    const file = join(folder, 'review.txt');
    expect(await review('en', '--metrics', file, '--database', ledger.writer)).toBe('METRICS_NAME');
    expect(existsSync(file)).toBe(false);
  });

  test('a folder that is not there', async () => {
    expect(await review('en', '--metrics', join(folder, 'none', 'review.prom'))).toBe('METRICS_FILE');
  });
});

test.each([
  [['--since', 'yesterday'], 'MOMENT'],
  [['--since', '2026-11-20T10:00'], 'MOMENT'],
])('%j is refused', async (argv, code) => {
  expect(await review('en', ...argv)).toBe(code);
});

test('a role that may not read is told so', async () => {
  expect(await review('en', '--database', ledger.writer)).toBe('LEDGER_RIGHTS');
});
