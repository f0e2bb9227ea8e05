import type { SeedTools } from '@lienthong/kit';
import { allergyRows, diagnosisRows, diseases } from './seed/clinical.ts';
import { facilities } from './seed/facilities.ts';
import { doseRows, SERIES } from './seed/immunization.ts';
import { insuranceRow } from './seed/insurance.ts';
import { type Resident, residents } from './seed/people.ts';

/** Fills the health database with the invented province; every table is streamed in a pass of its own. */
export async function seed(tools: SeedTools): Promise<void> {
  const { copy, pseudonyms } = tools;
  const rowsOf = function* (label: string, rows: (resident: Resident) => Iterable<readonly unknown[]>) {
    for (const resident of residents(tools, label)) yield* rows(resident);
  };

  await copy(
    'facility',
    ['code', 'name', 'commune'],
    facilities.map(({ code, name, commune }) => [code, name, commune]),
  );
  await copy('series', ['code', 'doses_required'], SERIES);
  await copy('disease', ['code', 'name'], diseases);
  await copy(
    'person',
    ['number', 'citizen_id', 'died_on'],
    rowsOf('people', ({ person }) => [[person.number, pseudonyms.idOf(person.number), person.deathDate]]),
  );
  await copy(
    'insurance',
    ['person', 'card_number', 'group_code', 'level', 'valid_from', 'valid_to', 'facility'],
    rowsOf('insurance', (resident) => {
      const row = insuranceRow(resident);
      return row === null ? [] : [row];
    }),
  );
  await copy(
    'dose',
    ['person', 'series', 'vaccine', 'dose_number', 'given_on'],
    rowsOf('immunizations', ({ person }) => doseRows(person)),
  );
  await copy(
    'allergy',
    ['person', 'substance', 'severity'],
    rowsOf('allergies', ({ person }) => allergyRows(person)),
  );
  await copy(
    'diagnosis',
    ['person', 'disease', 'diagnosed_on'],
    rowsOf('diagnoses', ({ person }) => diagnosisRows(person)),
  );
}
