import { readFileSync, writeFileSync } from 'node:fs';

import { FLOOR_JSON, oursOf } from './engines.ts';
import type { Row } from './rounds.ts';

/** Ratios to the floor with JSON by workload and gateway: what another machine can compare with. */
export type Ratios = Readonly<Record<string, Readonly<Record<string, number>>>>;

export interface Change {
  readonly workload: string;
  readonly engine: string;
  readonly before: number;
  readonly now: number;
  /** More than noise. */
  readonly worse: boolean;
}

const FILE = new URL('./baseline.json', import.meta.url);

/** A busy machine moves ratios by a tenth; a quarter is a change. */
const TOLERANCE = 1.25;

export const ratiosOf = (tables: Readonly<Record<string, readonly Row[]>>): Ratios =>
  Object.fromEntries(
    Object.entries(tables).map(([workload, rows]) => [
      workload,
      Object.fromEntries(
        rows
          .filter(({ engine, ratio }) => engine !== FLOOR_JSON && Number.isFinite(ratio.median))
          .map(({ engine, ratio }) => [engine, Number(ratio.median.toPrecision(3))]),
      ),
    ]),
  );

export const readBaseline = (): Ratios => JSON.parse(readFileSync(FILE, 'utf8'));

/** Ratios that were not measured this time stay. */
export const writeBaseline = (ratios: Ratios): void => {
  const merged: Record<string, Readonly<Record<string, number>>> = { ...readBaseline() };
  for (const [workload, engines] of Object.entries(ratios)) merged[workload] = { ...merged[workload], ...engines };
  writeFileSync(FILE, `${JSON.stringify(merged, null, 2)}\n`);
};

export const changes = (before: Ratios, now: Ratios): readonly Change[] =>
  Object.entries(now).flatMap(([workload, engines]) =>
    Object.entries(engines).flatMap(([engine, ratio]) => {
      const known = before[workload]?.[engine];
      if (known === undefined) return [];
      return [{ workload, engine, before: known, now: ratio, worse: isOurs(engine) && ratio > known * TOLERANCE }];
    }),
  );

const isOurs = (engine: string): boolean => engine === oursOf('apollo').name || engine === oursOf('compiled').name;
