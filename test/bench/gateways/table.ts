import type { Goal } from './goals.ts';
import type { Row } from './rounds.ts';
import type { Spread } from './statistics.ts';

const NAME = 28;

const number = (value: number): string => {
  if (!Number.isFinite(value)) return '–';
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(value >= 1 ? 2 : 3);
};

const spread = ({ median, low, high }: Spread): string =>
  Number.isNaN(median) ? '–' : `${number(median)} (${number(low)}–${number(high)})`;

const line = (cells: readonly string[], widths: readonly number[]): string =>
  cells.map((cell, n) => (n === 0 ? cell.padEnd(widths[n] ?? 0) : cell.padStart(widths[n] ?? 0))).join('  ');

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string => {
  const widths = head.map((cell, n) =>
    Math.max(n === 0 ? NAME : 0, ...[cell, ...rows.map((row) => row[n] ?? '')].map((text) => text.length)),
  );
  return [head, ...rows].map((cells) => line(cells, widths)).join('\n');
};

/** A workload's table: one line for each gateway. */
export const rowsTable = (title: string, rows: readonly Row[]): string =>
  `\n${title}\n${table(
    ['', 'CPU ms/request', '× floor with JSON', 'requests/s', 'p50 ms', 'p99 ms', 'calls'],
    rows.map(({ engine, cpu, ratio, perSecond, p50, p99, calls }) => [
      engine,
      spread(cpu),
      spread(ratio),
      number(perSecond.median),
      number(p50.median),
      number(p99.median),
      String(calls),
    ]),
  )}\n`;

/** A table of medians and spreads: one line for each name, one column for each heading. */
export const figuresTable = (
  title: string,
  headings: readonly string[],
  rows: readonly { readonly name: string; readonly figures: readonly (Spread | number)[] }[],
): string =>
  `\n${title}\n${table(
    ['', ...headings],
    rows.map(({ name, figures }) => [
      name,
      ...figures.map((each) => (typeof each === 'number' ? number(each) : spread(each))),
    ]),
  )}\n`;

export const goalsTable = (goals: readonly Goal[]): string =>
  goals.length === 0
    ? ''
    : `\ngoals of the engine compiled\n${goals.map(({ text, value, reached }) => `${reached ? '✓' : '✗'} ${number(value).padStart(8)}  ${text}\n`).join('')}`;
