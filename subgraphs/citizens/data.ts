import { byKey, type DataTools, groupByKey } from '@lienthong/kit';
import DataLoader from 'dataloader';
import { type Kysely, sql } from 'kysely';
import { isCitizenId } from './citizen-id.ts';
import { matchesRecord } from './match.ts';
import { type ChangeResidenceInput, changeResidence } from './residence.ts';
import { searchCitizens } from './search.ts';
import { type CitizenRow, type CitizensTables, citizenColumns } from './tables.ts';

/** The citizens database for one request: whatever is asked for many people at once is one statement. */
export type CitizensData = ReturnType<typeof createCitizensData>;

/** Keys in one statement at most; a page has 100 entries, so this is met only by operations of many pages. */
const BATCH = { maxBatchSize: 1000 };

/** One array parameter whatever the number of keys: one prepared statement, and no limit of 65,535 parameters. */
const anyOf = <Key extends string | number>(keys: readonly Key[]) => sql<Key>`any(${[...keys]})`;

export function createCitizensData({ db, pseudonyms, cursors, request, today }: DataTools<CitizensTables>) {
  const citizens = new DataLoader(
    async (ids: readonly string[]) => byKey(ids, await citizensOf(db, ids), ({ id }) => id),
    BATCH,
  );
  const residences = new DataLoader(
    async (serials: readonly number[]) => byKey(serials, await residencesOf(db, serials), ({ citizen }) => citizen),
    BATCH,
  );
  const families = new DataLoader(
    async (serials: readonly number[]) => groupByKey(serials, await familiesOf(db, serials), ({ person }) => person),
    BATCH,
  );
  const households = new DataLoader(
    async (codes: readonly string[]) => groupByKey(codes, await membersOf(db, codes), ({ household }) => household),
    BATCH,
  );

  const citizen = async (id: string): Promise<CitizenRow | null> => (isCitizenId(id) ? citizens.load(id) : null);
  const citizenByNumber = (personalNumber: string) => citizen(pseudonyms.idOf(personalNumber));

  return {
    citizen,
    citizenByNumber,
    /** The present residence, or the last. */
    residenceOf: ({ serial }: CitizenRow) => residences.load(serial),
    familyOf: ({ serial }: CitizenRow) => families.load(serial),
    membersOf: (household: string) => households.load(household),
    search: (args: { text: string; first?: number | null; after?: string | null }) =>
      searchCitizens({ db, cursors }, args),
    match: async (claim: { personalNumber: string; fullName: string; birthDate: string }) =>
      matchesRecord(claim, () => citizenByNumber(claim.personalNumber)),
    /** Records the move and forgets what this request had loaded. */
    async changeResidence(input: ChangeResidenceInput): Promise<CitizenRow | null> {
      await changeResidence({ db, today: today(), requestId: request.requestId }, input);
      for (const loader of [citizens, residences, households]) loader.clearAll();
      return citizen(input.citizen);
    },
  };
}

const citizensOf = (db: Kysely<CitizensTables>, ids: readonly string[]) =>
  db.selectFrom('citizens').select(citizenColumns).where('id', '=', anyOf(ids)).execute();

const residencesOf = (db: Kysely<CitizensTables>, serials: readonly number[]) =>
  db
    .selectFrom('residences')
    .select(['citizen', 'commune', 'address', 'since'])
    .where('citizen', '=', anyOf(serials))
    .where('moved_on', 'is', null)
    .execute();

/** Parents first, then spouse and children; each group by age as far as it is known. */
const familiesOf = (db: Kysely<CitizensTables>, serials: readonly number[]) =>
  db
    .selectFrom('family_links')
    .innerJoin('citizens', 'citizens.serial', 'family_links.relative')
    .select([...citizenColumns, 'family_links.person', 'family_links.role'])
    .where('family_links.person', '=', anyOf(serials))
    .orderBy(sql`array_position(array['GUARDIAN', 'SPOUSE', 'CHILD'], family_links.role)`)
    .orderBy('citizens.birth_date')
    .orderBy('citizens.serial')
    .execute();

const membersOf = (db: Kysely<CitizensTables>, codes: readonly string[]) =>
  db
    .selectFrom('citizens')
    .select(citizenColumns)
    .where('household', '=', anyOf(codes))
    // The register numbers a household's head first.
    .orderBy('serial')
    .execute();
