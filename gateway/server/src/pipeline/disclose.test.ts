import { describe, expect, test } from '@jest/globals';
import type { GraphQLFormattedError } from 'graphql';

import type { Outcome } from '../context.ts';
import { PublicError } from '../errors.ts';
import { CALL_PLACE } from '../execution/place-of-call.ts';
import type { PrivateNames } from '../execution/private-names.ts';
import { CoordinateSets } from '../ledger/coordinates.ts';
import { type Ids, UNKNOWN } from '../ledger/ids.ts';
import { Notes } from '../ledger/notes.ts';
import type { Handed } from '../ledger/passed.ts';
import { type Disclosing, Disclosure, type Gathered } from './disclose.ts';

/** The gateway's own question for somebody's id. */
const OWN = 'lt_s_id';
const names = { isSubject: (key: string) => key === OWN } as unknown as PrivateNames;

const about = (type: 'query' | 'mutation' = 'query') => {
  const outcome: Outcome = { codes: new Set(), denied: 0 };
  const disclosing = {
    operation: { operation: type, selections: [] },
    ...{ served: { asked: new Set() }, variables: new Map(), input: { context: { outcome }, version: {} }, ledger: {} },
  } as unknown as Disclosing;
  return { outcome, disclosure: new Disclosure(disclosing) };
};

interface Found {
  /** Whose the one object of the answer is. Default: An's. */
  readonly ids?: Ids;
  /** Ways to somebody that ended at a null. */
  readonly nulls?: number;
  readonly handed?: (notes: Notes) => readonly Handed[];
}

const gathered = ({ ids, nulls = 0, handed = () => [] }: Found): Gathered => {
  const notes = new Notes(new CoordinateSets());
  const set = notes.sets.of(['Citizen.name']);
  if (set === undefined) throw new TypeError('no set');
  notes.note(ids ?? notes.people.named('k1.an').alone, set);
  notes.nulls = nulls;
  return { notes, handed: handed(notes) };
};

const handing =
  (ids: (notes: Notes) => Ids, ...coordinates: readonly string[]) =>
  (notes: Notes) =>
    coordinates.map((coordinate): Handed => ({ ids: ids(notes), coordinates: [coordinate], department: 'health' }));

const error = (more: Partial<GraphQLFormattedError> = {}): GraphQLFormattedError => ({ message: 'no', ...more });
const placed = error({ path: ['citizen', 'card'] });
const unmade = (code: string) => error({ extensions: { code } });
const many = (count: number) => Array.from({ length: count }, () => placed);

interface Row {
  readonly found: Found;
  readonly errors?: readonly GraphQLFormattedError[];
  /** Whether the engine tells null from what was never told. */
  readonly exact?: boolean;
  /** A department had nothing to say of an entity. */
  readonly missing?: true;
}

const settled = ({ found, errors = [], exact = true, missing }: Row, type?: 'mutation') => {
  const { outcome, disclosure } = about(type);
  if (missing) disclosure.witness.missing();
  try {
    disclosure.settle(gathered(found), errors, names, exact);
    return { outcome, withheld: undefined };
  } catch (withheld) {
    return { outcome, withheld };
  }
};

describe('an answer is withheld', () => {
  test.each<[string, Row]>([
    ['where something shown is nobody knows whose', { found: { ids: UNKNOWN } }],
    ['where nobody knows of whom a department was told', { found: { handed: handing(() => UNKNOWN, 'Citizen.name') } }],
    ['after an error in what the gateway asked for itself', { found: {}, errors: [error({ path: ['citizen', OWN] })] }],
    [
      'after a call for that alone which failed as a whole',
      { found: {}, errors: [error({ extensions: { [CALL_PLACE]: ['citizen', OWN] } })] },
    ],
    ['after an error without a place, which may be why somebody is null', { found: { nulls: 1 }, errors: [error()] }],
    ['after so many errors that some may not be told', { found: { nulls: 1 }, errors: many(100) }],
    [
      'after a call that brought nothing, where the engine takes that for null',
      { found: { nulls: 1 }, errors: [unmade('DEPARTMENT_TIMEOUT')], exact: false },
    ],
    ['after an entity of which nothing came, by such an engine', { found: { nulls: 1 }, exact: false, missing: true }],
  ])('%s', (_why, row) => {
    const { outcome, withheld } = settled(row);
    expect(withheld).toBeInstanceOf(PublicError);
    expect(withheld).toMatchObject({ code: 'LEDGER_SUBJECT_UNKNOWN', data: {} });
    expect(outcome.disclosed).toMatchObject({ entries: new Map(), coordinates: [] });
  });

  test('and of a write it is said that it has run', () => {
    const { withheld } = settled({ found: { ids: UNKNOWN } }, 'mutation');
    expect(withheld).toMatchObject({ code: 'LEDGER_SUBJECT_UNKNOWN', data: { executed: true } });
  });
});

describe('an answer leaves, and it is told of whom', () => {
  test.each<[string, Row]>([
    ['where all is known', { found: {} }],
    ['where somebody is null', { found: { nulls: 1 } }],
    ['after an error at another place', { found: { nulls: 1 }, errors: [placed] }],
    ['after an error without a place, where nobody is null', { found: {}, errors: [error()] }],
    ['after as many errors as are all told', { found: { nulls: 1 }, errors: many(99) }],
    ['after a call that brought nothing', { found: { nulls: 1 }, errors: [unmade('DEPARTMENT_UNAVAILABLE')] }],
    ['after an entity of which nothing came', { found: { nulls: 1 }, missing: true }],
  ])('%s', (_why, row) => {
    const { outcome, withheld } = settled(row);
    expect(withheld).toBeUndefined();
    expect(outcome.disclosed?.entries).toEqual(new Map([['k1.an', ['Citizen.name']]]));
  });
});

describe('what a department was told of somebody', () => {
  const handed = handing((notes) => notes.people.named('k1.an').alone, 'Citizen.name', 'Citizen.birthDate');
  const told = new Map([
    ['k1.an', ['Citizen.birthDate', 'Citizen.name'].map((coordinate) => ({ coordinate, department: 'health' }))],
  ]);

  test('is told, each input once and in order, also where the answer is withheld', () => {
    for (const ids of [[], UNKNOWN]) {
      const { outcome } = settled({ found: { ids, handed } });
      expect(outcome.disclosed?.passed).toEqual(told);
    }
  });

  test('is told where no answer leaves at all', () => {
    const { outcome, disclosure } = about();
    disclosure.nothing(gathered({ handed }).handed);
    expect(outcome.disclosed).toMatchObject({ entries: new Map(), passed: told });
  });
});
