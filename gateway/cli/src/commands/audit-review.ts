import type { BusyDay, Review, Reviewed } from '@lienthong/ledger';
import type { DatabaseOptions } from '../audit/database.ts';
import { momentOf } from '../audit/moment.ts';
import { reading } from '../audit/open.ts';
import { metricsFileOf, reviewMetrics, writeMetrics } from '../audit/review-metrics.ts';
import type { Language } from '../language.ts';
import { table } from '../table.ts';

export interface ReviewOptions extends DatabaseOptions {
  readonly since?: string;
  readonly bulk: number;
  readonly volume: number;
  readonly metrics?: string;
  readonly json?: true;
}

const WEEK = 7 * 86_400_000;

/** `lienthong audit review`: what somebody should look at, out of what the ledger holds. */
export async function review(options: ReviewOptions, language: Language): Promise<void> {
  const { since, bulk, volume, metrics, json } = options;
  const file = metrics === undefined ? undefined : metricsFileOf(metrics);
  const now = new Date();
  const from = since === undefined ? new Date(now.getTime() - WEEK) : momentOf('--since', since);
  const found = await reading(options, (reader) => reader.review({ since: from, bulk, volume }));
  // The list first: it is there also where the file cannot be written.
  process.stdout.write(json ? `${JSON.stringify(found, null, 2)}\n` : reviewText(found, language));
  if (file !== undefined) writeMetrics(file, reviewMetrics(found, now));
}

function reviewText({ emergencies, offHours, busyNights, busyDays }: Review, language: Language): string {
  const say = (vi: string, en: string): string => (language === 'vi' ? vi : en);
  const section = (title: string, rows: readonly (readonly string[])[]): string =>
    `${title}: ${rows.length - 1}\n${rows.length > 1 ? table(rows) : ''}`;
  return [
    section(
      say('Truy cập khẩn cấp (EMERGENCY), phải giải trình từng lần', 'Emergency accesses, each to be justified'),
      [accessTitles(say), ...emergencies.map(accessRow)],
    ),
    section(say('Tra cứu hàng loạt ngoài giờ làm việc', 'Bulk accesses outside of working hours'), [
      accessTitles(say),
      ...offHours.map(accessRow),
    ]),
    section(
      say(
        'Nhiều người được tra cứu từng ít một ngoài giờ làm việc',
        'Many persons, few at a time, outside of working hours',
      ),
      [busyTitles(say), ...busyNights.map((night) => busyRow(night, say))],
    ),
    section(say('Số người được tra cứu trong ngày nhiều bất thường', 'Unusually many persons in a day'), [
      busyTitles(say),
      ...busyDays.map((day) => busyRow(day, say)),
    ]),
  ].join('\n');
}

const accessTitles = (say: (vi: string, en: string) => string): readonly string[] => [
  say('BẢN GHI', 'RECORD'),
  say('THỜI GIAN', 'TIME'),
  say('CƠ QUAN', 'AGENCY'),
  say('ĐỐI TÁC', 'PARTNER'),
  say('CÁN BỘ', 'OFFICER'),
  say('HỒ SƠ', 'CASE'),
  say('MỤC ĐÍCH', 'PURPOSE'),
  say('SỐ NGƯỜI', 'PEOPLE'),
];

const busyTitles = (say: (vi: string, en: string) => string): readonly string[] => [
  say('NGÀY', 'DAY'),
  say('CƠ QUAN', 'AGENCY'),
  say('ĐỐI TÁC', 'PARTNER'),
  say('CÁN BỘ', 'OFFICER'),
  say('SỐ NGƯỜI', 'PEOPLE'),
  say('THƯỜNG LỆ', 'USUALLY'),
  say('BẢN GHI', 'RECORDS'),
];

const shown = (value: string | number | null): string => (value === null ? '–' : String(value));

const accessRow = ({ seq, time, agency, partner, officer, case: hoSo, purpose, people }: Reviewed): readonly string[] =>
  [seq, time.toISOString(), agency, partner, officer, hoSo, purpose, people].map(shown);

const busyRow = (
  { day, agency, partner, officer, officers, people, usual, records }: BusyDay,
  say: (vi: string, en: string) => string,
): readonly string[] => {
  const who = officers > 1 ? say(`cả ${officers} người`, `all ${officers}`) : officer;
  return [day, agency, partner, who, people, usual, records].map(shown);
};
