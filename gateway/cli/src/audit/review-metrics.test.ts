import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Review } from '@lienthong/ledger';
import { metricsFileOf, reviewMetrics, writeMetrics } from './review-metrics.ts';

const access = {
  seq: 94711,
  id: 'record-id',
  time: new Date('2026-11-20T04:00:00Z'),
  agency: 'co-quan',
  partner: 'doi-tac',
  officer: 'can-bo',
  case: 'ho-so',
  purpose: 'EMERGENCY',
  people: 31313,
};
const found: Review = {
  // The last in the night after, which is the next day there already.
  emergencies: [access, access, { ...access, time: new Date('2026-11-20T17:00:00Z') }],
  offHours: [],
  busyNights: [],
  busyDays: [
    {
      day: '2026-11-22',
      agency: 'co-quan',
      partner: 'doi-tac',
      officer: null,
      officers: 5,
      records: 41,
      people: 31313,
      usual: 7,
    },
  ],
};
const at = new Date('2026-11-23T06:00:00.250+07:00');

describe('the format', () => {
  test('counts by the kinds of --json and the province’s days, and when the ledger was looked at', () => {
    expect(
      reviewMetrics(found, at),
    ).toBe(`# HELP lienthong_review_findings What the last review found for somebody to look at, by kind and day
# TYPE lienthong_review_findings gauge
lienthong_review_findings{kind="emergencies",day="2026-11-20"} 2
lienthong_review_findings{kind="emergencies",day="2026-11-21"} 1
lienthong_review_findings{kind="busyDays",day="2026-11-22"} 1
# HELP lienthong_review_timestamp_seconds When the last review that came to an end looked at the ledger
# TYPE lienthong_review_timestamp_seconds gauge
lienthong_review_timestamp_seconds 1795388400.25
`);
  });

  test('nothing of who, when, why or how many persons', () => {
    const text = reviewMetrics(found, at);
    for (const value of Object.values(access)) expect(text).not.toContain(String(value));
  });
});

describe('the file', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'metrics-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test('takes the place of the one before, readable by others whatever the umask, and nothing is left beside it', () => {
    const file = join(folder, 'review.prom');
    writeFileSync(file, 'before', { mode: 0o600 });
    const { ino } = statSync(file);
    const umask = process.umask(0o077);
    try {
      writeMetrics(file, 'after\n');
    } finally {
      process.umask(umask);
    }
    expect(readFileSync(file, 'utf8')).toBe('after\n');
    // Another file under its name: whoever had opened the former one reads that to its end.
    expect(statSync(file).ino).not.toBe(ino);
    expect(statSync(file).mode & 0o777).toBe(0o644);
    expect(readdirSync(folder)).toEqual(['review.prom']);
  });

  test('where it cannot be written nothing is left, and the error says which file, why, and what to do', () => {
    const taken = join(folder, 'review.prom');
    mkdirSync(taken);
    writeFileSync(join(taken, 'kept'), '');
    expect(() => writeMetrics(taken, 'x')).toThrow(`--metrics ${taken}: the metrics cannot be written (EISDIR).`);
    expect(readdirSync(folder)).toEqual(['review.prom']);
    expect(readdirSync(taken)).toEqual(['kept']);
    expect(() => writeMetrics(join(folder, 'none', 'review.prom'), 'x')).toThrow(/\(ENOENT\)\. .*install -d/);
  });

  test.each(['review.txt', 'review.prom.gz', 'prom'])('%s is no name for it', (name) => {
    expect(() => metricsFileOf(name)).toThrow(/has to end in \.prom/);
  });

  test('a name for it', () => {
    expect(metricsFileOf('/var/lib/lienthong-review/review.prom')).toBe('/var/lib/lienthong-review/review.prom');
  });
});
