import { parseArgs } from 'node:util';

import { WORKLOADS, type WorkloadName } from './workloads.ts';

/** What can be chosen by `--only`. A workload is measured at 32 connections and at one. */
export const SECTIONS = [...WORKLOADS, 'text', 'entities', 'connections', 'memory'] as const;
export type Section = WorkloadName | 'text' | 'entities' | 'connections' | 'memory';

export interface Options {
  readonly only: readonly Section[];
  /** Load on one gateway in one round. */
  readonly seconds: number;
  readonly rounds: number;
  /** Load on one gateway before anything is measured. */
  readonly warmUp: number;
  /** A warm-up that goes on until everything is compiled. */
  readonly fullWarmUp: boolean;
  /** Operations of the section `memory`. */
  readonly operations: number;
  /** Parts of names; empty: all. The floor with JSON is always there: ratios are to it. */
  readonly engines: readonly string[];
  readonly baseline: 'compare' | 'check' | 'write';
  /** Instead of the tables: where the time of ours and of the floor goes. */
  readonly profile: boolean;
  /** A folder for the profiles as Chrome's developer tools read them. */
  readonly keep: string | undefined;
}

export const USAGE = `npm run bench -w test -- gateways [options]
  --only ${SECTIONS.join(',')}
  --engines TEXT,TEXT   gateways whose name holds one of them
  --seconds N           of load on one gateway in one round (default 0.8)
  --rounds N            (default 5)
  --operations N        distinct ones, for memory (default 20000)
  --quick               0.2 s, 3 rounds, the three workloads unless --only says otherwise; rough
  --profile             where the processor time of ours and of the floor goes, for each of the three workloads
  --keep FOLDER         with --profile: the profiles as Chrome's developer tools read them
  --check               exit code 1 where a ratio is a quarter above baseline.json
  --write-baseline      the ratios of this run become baseline.json
`;

/** @throws TypeError with a sentence for the person who typed it */
export const readOptions = (argv: readonly string[]): Options => {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      only: { type: 'string' },
      engines: { type: 'string' },
      seconds: { type: 'string' },
      rounds: { type: 'string' },
      operations: { type: 'string' },
      quick: { type: 'boolean', default: false },
      profile: { type: 'boolean', default: false },
      keep: { type: 'string' },
      check: { type: 'boolean', default: false },
      'write-baseline': { type: 'boolean', default: false },
    },
  });
  const { quick } = values;
  const seconds = positive('seconds', values.seconds ?? (quick ? '0.2' : '0.8'));
  return {
    only: sections(values.only, quick ? WORKLOADS : SECTIONS),
    engines: list(values.engines),
    seconds,
    rounds: whole('rounds', values.rounds ?? (quick ? '3' : '5')),
    fullWarmUp: !quick,
    warmUp: quick ? 0.3 : 1.5,
    operations: whole('operations', values.operations ?? (quick ? '2000' : '20000')),
    profile: values.profile,
    keep: values.keep,
    baseline: values['write-baseline'] ? 'write' : values.check ? 'check' : 'compare',
  };
};

const list = (text = ''): readonly string[] => text.split(',').filter((each) => each !== '');

const sections = (text: string | undefined, otherwise: readonly Section[]): readonly Section[] => {
  const named = list(text);
  const unknown = named.filter((each) => !SECTIONS.some((section) => section === each));
  if (unknown.length > 0) throw new TypeError(`there is no ${unknown.join(', ')}; there are ${SECTIONS.join(', ')}`);
  return named.length > 0 ? SECTIONS.filter((section) => named.includes(section)) : otherwise;
};

const positive = (name: string, text: string): number => {
  const value = Number(text);
  if (!(value > 0)) throw new TypeError(`--${name}: expected a number above 0, found ${text}`);
  return value;
};

const whole = (name: string, text: string): number => {
  const value = positive(name, text);
  if (!Number.isInteger(value)) throw new TypeError(`--${name}: expected a whole number, found ${text}`);
  return value;
};
