import type { SeedTools } from '@lienthong/kit';
import { type Household, households, type Person } from '@lienthong/population';

/** The fixed man whom documents and tests name. */
export const FIXED_MAN = '051085000001';

/** A person of the invented province, with the household and the place in the stream. */
export interface Resident {
  readonly person: Person;
  readonly household: Household;
  readonly ordinal: number;
}

const REPORT_EVERY = 1_000;

/** Streams everybody; each table is written in a pass of its own, so that memory does not grow with the province. */
export function* residents(tools: Pick<SeedTools, 'citizens' | 'progress'>, label: string): Generator<Resident> {
  let ordinal = 0;
  for (const household of households(tools.citizens)) {
    for (const person of household.members) {
      yield { person, household, ordinal };
      ordinal += 1;
      if (ordinal % REPORT_EVERY === 0) tools.progress(ordinal, tools.citizens, label);
    }
  }
  tools.progress(ordinal, tools.citizens, label);
}

/** Full years of age on that day, by year of birth alone: many people have no more on record. */
export const ageOn = (person: Person, date: string): number => Number(date.slice(0, 4)) - person.birthYear;
