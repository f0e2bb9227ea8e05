import type { Place } from './communes.ts';
import { birthDateOnRecord } from './dates.ts';
import { inventName } from './names.ts';
import { birthProvince, type numberRegister } from './numbers.ts';
import type { Person } from './person.ts';
import type { Random } from './random.ts';

export type Register = ReturnType<typeof numberRegister>;

/** What the family decides about a person; the rest is invented to fit. */
type Sketch = Pick<Person, 'role' | 'sex' | 'birthYear' | 'ethnicity' | 'maritalStatus'> & {
  surname?: string | null | undefined;
};

/** A living person with a number, a name and a birth date of their own. */
export function inventPerson(
  { place, random, register }: { place: Place; random: Random; register: Register },
  { surname, ...sketch }: Sketch,
): Person {
  const { sex, birthYear, ethnicity } = sketch;
  return {
    number: register(birthProvince(place.code, random), sex, birthYear),
    ...inventName(random, ethnicity, sex, birthYear, surname ?? undefined),
    ...sketch,
    birthDate: birthDateOnRecord(birthYear, ethnicity !== 'KINH', random),
    deathDate: null,
    fixed: false,
  };
}
