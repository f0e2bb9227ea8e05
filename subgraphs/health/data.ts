import { byKey, type DataTools, groupByKey } from '@lienthong/kit';
import DataLoader from 'dataloader';
import { type Kysely, sql } from 'kysely';
import { insuranceColumns, type RenewInsuranceInput, renewInsurance } from './renewal.ts';
import type { HealthTables } from './tables.ts';

/** A dose with what its series demands; `Immunization` is made of these. */
export interface DoseRow {
  readonly citizen: string;
  readonly series: string;
  readonly dosesRequired: number;
  readonly vaccine: string;
  readonly date: string;
}

/** The health database for one request: whatever is asked for many people at once is one statement. */
export type HealthData = ReturnType<typeof createHealthData>;

/** One array parameter whatever the number of keys: one prepared statement, and no limit of 65,535 parameters. */
const anyOf = (keys: readonly string[]) => sql<string>`any(${[...keys]})`;

export function createHealthData({ db, today }: Pick<DataTools<HealthTables>, 'db' | 'today'>) {
  const person = new DataLoader(async (citizens: readonly string[]) => {
    const rows = await db.selectFrom('person').select('citizen_id').where('citizen_id', '=', anyOf(citizens)).execute();
    return byKey(citizens, rows, (row) => row.citizen_id);
  });
  const insurance = new DataLoader(async (citizens: readonly string[]) =>
    byKey(citizens, await insuranceOf(db, citizens), (row) => row.citizen),
  );
  const doses = new DataLoader(async (citizens: readonly string[]) =>
    groupByKey(citizens, await dosesOf(db, citizens), (row) => row.citizen),
  );
  const allergies = new DataLoader(async (citizens: readonly string[]) =>
    groupByKey(citizens, await allergiesOf(db, citizens), (row) => row.citizen),
  );
  const diagnoses = new DataLoader(async (citizens: readonly string[]) =>
    groupByKey(citizens, await diagnosesOf(db, citizens), (row) => row.citizen),
  );
  const facility = new DataLoader(async (codes: readonly string[]) => {
    const rows = await db.selectFrom('facility').selectAll().where('code', '=', anyOf(codes)).execute();
    return byKey(codes, rows, (row) => row.code);
  });
  const facilitiesIn = new DataLoader(async (communes: readonly string[]) => {
    const rows = await db
      .selectFrom('facility')
      .selectAll()
      .where('commune', '=', anyOf(communes))
      .orderBy('code')
      .execute();
    return groupByKey(communes, rows, (row) => row.commune);
  });
  const series = new DataLoader(async (codes: readonly string[]) => {
    const rows = await db.selectFrom('series').select('code').where('code', '=', anyOf(codes)).execute();
    return byKey(codes, rows, (row) => row.code);
  });

  return {
    isKnown: async (citizen: string) => (await person.load(citizen)) !== null,
    insuranceOf: (citizen: string) => insurance.load(citizen),
    /** Every dose of the person, by series and date. */
    dosesOf: (citizen: string) => doses.load(citizen),
    allergiesOf: (citizen: string) => allergies.load(citizen),
    diagnosesOf: (citizen: string) => diagnoses.load(citizen),
    facility: (code: string) => facility.load(code),
    facilitiesIn: (commune: string) => facilitiesIn.load(commune),
    isSeries: async (code: string) => (await series.load(code)) !== null,
    async renewInsurance(input: RenewInsuranceInput) {
      const renewed = await renewInsurance(db, input, today());
      insurance.clear(input.citizen).prime(input.citizen, renewed);
      return renewed;
    },
  };
}

const insuranceOf = (db: Kysely<HealthTables>, citizens: readonly string[]) =>
  db
    .selectFrom('insurance')
    .innerJoin('person', 'person.number', 'insurance.person')
    .select(['person.citizen_id as citizen', ...insuranceColumns])
    .where('person.citizen_id', '=', anyOf(citizens))
    .execute();

const dosesOf = (db: Kysely<HealthTables>, citizens: readonly string[]): Promise<DoseRow[]> =>
  db
    .selectFrom('dose')
    .innerJoin('person', 'person.number', 'dose.person')
    .innerJoin('series', 'series.code', 'dose.series')
    .select([
      'person.citizen_id as citizen',
      'dose.series',
      'series.doses_required as dosesRequired',
      'dose.vaccine',
      'dose.given_on as date',
    ])
    .where('person.citizen_id', '=', anyOf(citizens))
    .orderBy('dose.series')
    .orderBy('dose.given_on')
    .orderBy('dose.vaccine')
    .execute();

const allergiesOf = (db: Kysely<HealthTables>, citizens: readonly string[]) =>
  db
    .selectFrom('allergy')
    .innerJoin('person', 'person.number', 'allergy.person')
    .select(['person.citizen_id as citizen', 'allergy.substance', 'allergy.severity'])
    .where('person.citizen_id', '=', anyOf(citizens))
    .orderBy('allergy.substance')
    .execute();

const diagnosesOf = (db: Kysely<HealthTables>, citizens: readonly string[]) =>
  db
    .selectFrom('diagnosis')
    .innerJoin('person', 'person.number', 'diagnosis.person')
    .innerJoin('disease', 'disease.code', 'diagnosis.disease')
    .select(['person.citizen_id as citizen', 'disease.code', 'disease.name', 'diagnosis.diagnosed_on as date'])
    .where('person.citizen_id', '=', anyOf(citizens))
    .orderBy('diagnosis.diagnosed_on', 'desc')
    .orderBy('disease.code')
    .execute();
