import type { SeedTools } from '@lienthong/kit';
import { type Ethnicity, familyLinks, type Household, households, type Person } from '@lienthong/population';
import { searchWords } from './search.ts';

const ETHNICITY_NAMES: Readonly<Record<Ethnicity, string>> = {
  KINH: 'Kinh',
  HRE: 'Hrê',
  COR: 'Cor',
  BANA: 'Ba Na',
  XODANG: 'Xơ Đăng',
  GIETRIENG: 'Giẻ Triêng',
  GIARAI: 'Gia Rai',
};

/** Fills the citizens database with the invented province; every table is streamed in a pass of its own. */
export async function seed(tools: SeedTools): Promise<void> {
  const { copy, pseudonyms } = tools;
  await copy(
    'citizens',
    [
      'serial',
      'id',
      'personal_number',
      'full_name',
      'given_name',
      'folded_name',
      'birth_date',
      'sex',
      'marital_status',
      'ethnicity',
      'death_date',
      'household',
    ],
    province(tools, 'citizens', function* ({ code, members }, serialOf) {
      for (const person of members) {
        yield [
          serialOf(person),
          pseudonyms.idOf(person.number),
          person.number,
          person.fullName,
          person.givenName,
          searchWords(person.fullName).join(' '),
          person.birthDate,
          person.sex,
          person.maritalStatus,
          ETHNICITY_NAMES[person.ethnicity],
          person.deathDate,
          person.deathDate === null ? code : null,
        ];
      }
    }),
  );
  await copy(
    'residences',
    ['citizen', 'since', 'commune', 'address'],
    province(tools, 'residences', function* ({ members, since, commune, address }, serialOf) {
      for (const person of members) yield [serialOf(person), residentSince(person, since), commune, address];
    }),
  );
  await copy(
    'family_links',
    ['person', 'relative', 'role'],
    province(tools, 'family', function* (household, serialOf) {
      for (const { person, relative, role } of familyLinks(household))
        yield [serialOf(person), serialOf(relative), role];
    }),
  );
}

type Row = readonly unknown[];

/** Rows for every household; people are numbered in the order of the stream, the same in every pass. */
function* province(
  { citizens, progress }: SeedTools,
  label: string,
  rows: (household: Household, serialOf: (person: Person) => number) => Iterable<Row>,
): Generator<Row> {
  let done = 0;
  for (const household of households(citizens)) {
    const first = done + 1;
    yield* rows(household, (person) => first + household.members.indexOf(person));
    done += household.members.length;
    progress(done, citizens, label);
  }
}

/** A child lives with the household from birth on; of an incomplete birth date, from the first day that it allows. */
function residentSince({ birthDate }: Person, householdSince: string): string {
  const earliest = `${birthDate}-01-01`.slice(0, 10);
  return earliest > householdSince ? earliest : householdSince;
}
