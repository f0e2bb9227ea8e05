import type { SeedTools } from '@lienthong/kit';
import { type Household, households } from '@lienthong/population';
import { type LandRecord, landOf, plots } from './seed-land.ts';

/** Households written at a time: what bounds the memory of a seed of a million people. */
const householdsAtATime = 2000;

/** Fills the register with the invented province's parcels, one pass over its people. */
export async function seed({ citizens, copy, pseudonyms, progress }: SeedTools): Promise<void> {
  const next = plots();
  let people = 0;
  for (const batch of batches(households(citizens), householdsAtATime)) {
    const records = batch.flatMap((household) => landOf(household, next));
    const holders = new Set(records.flatMap(({ rights }) => rights.map(({ number }) => number)));
    await copy(
      'holders',
      ['id', 'personal_number'],
      [...holders].map((number) => [pseudonyms.idOf(number), number]),
    );
    await copyParcels(copy, records);
    await copyRights(copy, records, pseudonyms.idOf);
    for (const { members } of batch) people += members.length;
    progress(people, citizens, 'land');
  }
}

async function copyParcels(copy: SeedTools['copy'], records: readonly LandRecord[]): Promise<void> {
  await copy(
    'parcels',
    ['id', 'commune', 'sheet', 'number'],
    records.map(({ id, commune, sheet, number }) => [id, commune, sheet, number]),
  );
  await copy(
    'parcel_uses',
    ['parcel_id', 'code', 'area'],
    records.flatMap(({ id, uses }) => uses.map(({ code, area }) => [id, code, area])),
  );
  await copy(
    'certificates',
    ['parcel_id', 'serial', 'issued_on'],
    records.flatMap(({ id, certificate }) => (certificate ? [[id, certificate.serial, certificate.issuedOn]] : [])),
  );
}

async function copyRights(
  copy: SeedTools['copy'],
  records: readonly LandRecord[],
  idOf: (personalNumber: string) => string,
): Promise<void> {
  await copy(
    'rights',
    ['parcel_id', 'holder_id', 'share_numerator', 'share_denominator', 'origin', 'since'],
    records.flatMap(({ id, rights, origin, since }) =>
      rights.map(({ number, denominator }) => [id, idOf(number), 1, denominator, origin, since]),
    ),
  );
  await copy(
    'encumbrances',
    ['parcel_id', 'kind', 'creditor', 'since', 'released'],
    records.flatMap(({ id, encumbrances }) =>
      encumbrances.map(({ kind, creditor, since, released }) => [id, kind, creditor, since, released]),
    ),
  );
}

function* batches(all: Iterable<Household>, size: number): Generator<Household[]> {
  let batch: Household[] = [];
  for (const one of all) {
    batch.push(one);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
