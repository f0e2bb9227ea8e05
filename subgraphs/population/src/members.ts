import type { Place } from './communes.ts';
import { isoDate } from './dates.ts';
import { inventPerson, type Register } from './invent.ts';
import { LAST_YEAR, type MaritalStatus, type Person, type Sex } from './person.ts';
import type { Random, Weighted } from './random.ts';

interface Parts {
  place: Place;
  /** How many people may still be invented; at least 1. */
  limit: number;
  random: Random;
  register: Register;
}

type Shape = 'COUPLE' | 'ALONE' | 'WIDOWED' | 'DIVORCED';

/** A parent is this much older than a child, in calendar years: a full date then lies between 18 and 45 years. */
const YOUNGEST_PARENT = 19;
const OLDEST_PARENT = 44;
/** Children above this age have a household of their own. */
const OLDEST_CHILD = 28;
const EARLIEST_BIRTH = 1928;
/** Heads born before this no longer have their parents with them. */
const PARENTS_LIVED_TO_SEE = 1962;

const SHAPES: Weighted<Shape> = [
  ['COUPLE', 78],
  ['ALONE', 7],
  ['WIDOWED', 8],
  ['DIVORCED', 7],
];
const HEAD_STATUS: Readonly<Record<Shape, MaritalStatus>> = {
  COUPLE: 'MARRIED',
  ALONE: 'SINGLE',
  WIDOWED: 'WIDOWED',
  DIVORCED: 'DIVORCED',
};
const HEAD_AGES: Readonly<Record<Shape, readonly [number, number]>> = {
  COUPLE: [22, 80],
  ALONE: [19, 55],
  WIDOWED: [45, 90],
  DIVORCED: [28, 62],
};
const CHILDREN: Weighted<number> = [
  [0, 10],
  [1, 26],
  [2, 40],
  [3, 18],
  [4, 6],
];

/** One family: the head, who is alive, then spouse, children and the head's parents, as far as `limit` allows. */
export function inventMembers(parts: Parts): Person[] {
  const { random, limit } = parts;
  const shape: Shape = limit === 1 ? 'ALONE' : random.weighted(SHAPES);
  const head = inventPerson(parts, {
    role: 'HEAD',
    sex: random.chance(shape === 'COUPLE' ? 0.85 : 0.4) ? 'MALE' : 'FEMALE',
    birthYear: LAST_YEAR - random.int(...HEAD_AGES[shape]),
    ethnicity: random.weighted(parts.place.peoples),
    maritalStatus: HEAD_STATUS[shape],
  });
  const couple = shape === 'COUPLE' || shape === 'WIDOWED' ? [head, inventSpouse(parts, head)] : [head];
  const children = shape === 'ALONE' ? [] : inventChildren(parts, couple);
  if (shape === 'WIDOWED') recordDeath(couple, children, random);
  const withParents = head.birthYear >= PARENTS_LIVED_TO_SEE && random.chance(0.22);
  return [...couple, ...children, ...(withParents ? inventParents(parts, head) : [])].slice(0, limit);
}

function inventSpouse(parts: Parts, head: Person): Person {
  const { random, place } = parts;
  const difference = head.sex === 'MALE' ? random.int(-6, 2) : random.int(-2, 6);
  return inventPerson(parts, {
    role: 'SPOUSE',
    sex: opposite(head.sex),
    birthYear: Math.min(Math.max(head.birthYear - difference, EARLIEST_BIRTH), LAST_YEAR - 20),
    ethnicity: random.chance(0.9) ? head.ethnicity : random.weighted(place.peoples),
    maritalStatus: 'MARRIED',
  });
}

function inventChildren(parts: Parts, couple: readonly Person[]): Person[] {
  const { random } = parts;
  const years = couple.map(({ birthYear }) => birthYear);
  const first = Math.max(Math.max(...years) + YOUNGEST_PARENT, LAST_YEAR - OLDEST_CHILD);
  const last = Math.min(Math.min(...years) + OLDEST_PARENT, LAST_YEAR);
  if (first > last) return [];
  const father = couple.find(({ sex }) => sex === 'MALE') ?? couple[0];
  return Array.from({ length: random.weighted(CHILDREN) }, () => random.int(first, last))
    .sort((a, b) => a - b)
    .filter((year, at, all) => year !== all[at - 1])
    .map((birthYear) =>
      inventPerson(parts, {
        role: 'CHILD',
        sex: random.chance(0.52) ? 'MALE' : 'FEMALE',
        birthYear,
        ethnicity: father?.ethnicity ?? 'KINH',
        surname: father?.familyName,
        maritalStatus: 'SINGLE',
      }),
    );
}

/** The head's father, mother or both; where only one is left, the other may still be on record as deceased. */
function inventParents(parts: Parts, head: Person): Person[] {
  const { random } = parts;
  const present: readonly Sex[] = random.weighted<readonly Sex[]>([
    [['MALE', 'FEMALE'], 60],
    [['FEMALE'], 28],
    [['MALE'], 12],
  ]);
  const motherYear = head.birthYear - random.int(YOUNGEST_PARENT, 36);
  const parents = present.map((sex) =>
    inventPerson(parts, {
      role: 'PARENT',
      sex,
      birthYear: Math.max(EARLIEST_BIRTH, sex === 'FEMALE' ? motherYear : motherYear - random.int(0, 8)),
      ethnicity: head.ethnicity,
      surname: sex === 'MALE' ? head.familyName : undefined,
      maritalStatus: present.length === 2 ? 'MARRIED' : 'WIDOWED',
    }),
  );
  if (parents.length === 2 && random.chance(0.35)) recordDeath(parents.toReversed(), [head], random);
  return parents;
}

/** The second of the couple has died, after the last child's year of birth; the first is widowed. */
function recordDeath([widowed, deceased]: readonly Person[], children: readonly Person[], random: Random): void {
  if (widowed === undefined || deceased === undefined) return;
  const earliest = Math.max(2000, deceased.birthYear + 20, ...children.map(({ birthYear }) => birthYear + 1));
  widowed.maritalStatus = earliest <= LAST_YEAR ? 'WIDOWED' : 'MARRIED';
  if (earliest <= LAST_YEAR) deceased.deathDate = isoDate(random.int(earliest, LAST_YEAR), random);
}

function opposite(sex: Sex): Sex {
  return sex === 'MALE' ? 'FEMALE' : 'MALE';
}
