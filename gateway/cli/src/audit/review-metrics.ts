import { randomUUID } from 'node:crypto';
import { closeSync, fchmodSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import type { BusyDay, Review, Reviewed } from '@lienthong/ledger';
import { CommandError } from '../command-error.ts';

/** The calendar by which the province counts days, as the review itself does. */
const DAY = new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Ho_Chi_Minh', dateStyle: 'short' });

const dayOf = (found: Reviewed | BusyDay): string => ('day' in found ? found.day : DAY.format(found.time));

/**
 * How much a review found, in Prometheus' text format. Counts alone: whoever reads metrics may not be one who may know
 * who looked at whom. Kinds are those of `--json`. By day, because an alert that is on tells of nothing that comes besides.
 *
 * @param at when the ledger was looked at
 */
export function reviewMetrics(review: Review, at: Date): string {
  const findings = Object.entries<readonly (Reviewed | BusyDay)[]>({ ...review }).flatMap(([kind, found]) => {
    const days = new Map<string, number>();
    for (const one of found) days.set(dayOf(one), (days.get(dayOf(one)) ?? 0) + 1);
    return [...days].map(([day, many]) => `lienthong_review_findings{kind="${kind}",day="${day}"} ${many}`);
  });
  return [
    '# HELP lienthong_review_findings What the last review found for somebody to look at, by kind and day',
    '# TYPE lienthong_review_findings gauge',
    ...findings,
    '# HELP lienthong_review_timestamp_seconds When the last review that came to an end looked at the ledger',
    '# TYPE lienthong_review_timestamp_seconds gauge',
    `lienthong_review_timestamp_seconds ${at.getTime() / 1000}`,
    '',
  ].join('\n');
}

/** The file of `--metrics`. Asked before the ledger is: collectors pass over any other name without a word. */
export function metricsFileOf(written: string): string {
  if (written.endsWith('.prom')) return written;
  throw new CommandError('METRICS_NAME', {
    vi: `--metrics ${written}: tên tệp phải kết thúc bằng .prom, nếu không node_exporter không đọc.`,
    en: `--metrics ${written}: the name has to end in .prom, otherwise node_exporter does not read it.`,
  });
}

/**
 * Writes it whole or not at all: it is read at any moment. Others read it, whatever this account's umask is. The draft
 * beside it ends otherwise, so that it is never taken for one more file of metrics.
 */
export function writeMetrics(file: string, text: string): void {
  const draft = `${file}.${randomUUID()}`;
  try {
    const opened = openSync(draft, 'wx');
    try {
      writeFileSync(opened, text);
      fchmodSync(opened, 0o644);
      fsyncSync(opened);
    } finally {
      closeSync(opened);
    }
    renameSync(draft, file);
  } catch (error) {
    rmSync(draft, { force: true });
    const { code } = Object(error);
    throw new CommandError('METRICS_FILE', {
      vi: `--metrics ${file}: không ghi được tệp số đo (${code}). Thư mục phải có sẵn và tài khoản này ghi được: install -d -m 0755 -o TÀI_KHOẢN THƯ_MỤC. Tệp cũ, nếu có, còn nguyên.`,
      en: `--metrics ${file}: the metrics cannot be written (${code}). The folder has to exist and this account to write to it: install -d -m 0755 -o ACCOUNT FOLDER. An older file is as it was.`,
    });
  }
}
