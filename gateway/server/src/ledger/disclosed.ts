import type { Named } from './arguments.ts';
import { CoordinateSets } from './coordinates.ts';
import { type Noted, Notes } from './notes.ts';
import type { Handed } from './passed.ts';

/** An input of a `@requires` that another department was told. */
export interface PassedInput {
  readonly coordinate: string;
  readonly department: string;
}

/** What one answer discloses: never a value, only whose, what and, of inputs between departments, to whom. */
export interface Disclosed {
  /** By `Citizen.id`, coordinates in order. */
  readonly entries: ReadonlyMap<string, readonly string[]>;
  readonly passed: ReadonlyMap<string, readonly PassedInput[]>;
  /** Every guarded coordinate disclosed, of somebody or of nobody, in order. */
  readonly coordinates: readonly string[];
}

export interface ToDisclose {
  /** Of the objects that are shown; absent where no answer leaves. */
  readonly noted: Noted | undefined;
  readonly named: readonly Named[];
  readonly handed: readonly Handed[];
}

/** Puts together what was gathered of one answer. */
export const disclosed = ({ noted = nothingNoted(), named, handed }: ToDisclose): Disclosed => {
  const { sets, people } = noted.notes;
  let { all } = noted;
  for (const { coordinate, ids } of named) {
    const set = sets.of([coordinate]);
    if (!set) continue;
    all = all.plus(set);
    for (const id of ids) {
      const person = people.named(id);
      person.shown = person.shown.plus(set);
    }
  }
  const entries = new Map<string, readonly string[]>();
  for (const { id, shown } of people) if (shown !== sets.nothing) entries.set(id, shown.coordinates);
  return {
    entries,
    passed: passedOf(handed),
    coordinates: all.coordinates,
  };
};

const nothingNoted = (): Noted => new Notes(new CoordinateSets()).sum();

const NOTHING_PASSED: Disclosed['passed'] = new Map();

const passedOf = (handed: readonly Handed[]): ReadonlyMap<string, readonly PassedInput[]> => {
  if (handed.length === 0) return NOTHING_PASSED;
  const passed = new Map<string, Map<string, PassedInput>>();
  for (const { ids, coordinates, department } of handed) {
    for (const { id } of ids) {
      const inputs = passed.get(id) ?? new Map<string, PassedInput>();
      passed.set(id, inputs);
      for (const coordinate of coordinates) inputs.set(`${coordinate} ${department}`, { coordinate, department });
    }
  }
  return new Map([...passed].map(([id, inputs]) => [id, inOrder(inputs)]));
};

const inOrder = (inputs: ReadonlyMap<string, PassedInput>): readonly PassedInput[] =>
  [...inputs].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, input]) => input);
