import { byKey, type Connection, connection, type DataTools, groupByKey } from '@lienthong/kit';
import DataLoader from 'dataloader';
import { type Kysely, sql } from 'kysely';
import { type Share, share } from './shares.ts';
import type { EncumbranceKind, LandTables, LandUse, RightOrigin } from './tables.ts';
import { recordTransfer, type Transfer } from './transfer.ts';

/** How people name a parcel. */
export interface ParcelKey {
  readonly commune: string;
  readonly sheet: number;
  readonly number: number;
}
export interface Parcel extends ParcelKey {
  readonly id: string;
  readonly version: number;
}
export interface ParcelUse {
  readonly code: LandUse;
  /** m², at most one decimal. */
  readonly area: number;
}
export interface LandRight {
  readonly holderId: string;
  readonly share: Share;
  readonly origin: RightOrigin;
  readonly since: string;
}
export interface Encumbrance {
  readonly kind: EncumbranceKind;
  readonly creditor: string;
  readonly since: string;
  readonly released: string | null;
}
export interface Certificate {
  readonly serial: string;
  readonly issuedOn: string;
}
export interface Holding {
  readonly share: Share;
  readonly parcel: Parcel;
}

const parcelColumns = ['parcels.id', 'parcels.commune', 'parcels.sheet', 'parcels.number', 'parcels.version'] as const;

/** One array parameter however many keys, so that a large batch meets no limit on parameters. */
const oneOf = (column: string, values: readonly string[]) => sql<boolean>`${sql.ref(column)} = any(${values})`;

/**
 * All access to the department's records, for one request: each kind of question is batched into one statement,
 * whatever number of parcels or people it is asked for.
 */
export function createLandData({ db, cursors, today }: DataTools<LandTables>) {
  const byId = new DataLoader((ids: readonly string[]) => loadParcels(db, ids));
  const atKey = new DataLoader((keys: readonly ParcelKey[]) => loadParcelsAt(db, keys), { cacheKeyFn: keyText });
  const uses = new DataLoader((ids: readonly string[]) => loadUses(db, ids));
  const rights = new DataLoader((ids: readonly string[]) => loadRights(db, ids));
  const encumbrances = new DataLoader((ids: readonly string[]) => loadEncumbrances(db, ids));
  const certificates = new DataLoader((ids: readonly string[]) => loadCertificates(db, ids));
  const holdings = new DataLoader((ids: readonly string[]) => loadHoldings(db, ids));

  return {
    parcel: (key: ParcelKey): Promise<Parcel | null> => atKey.load(key),
    parcelById: (id: string): Promise<Parcel | null> => byId.load(id),
    usesOf: (parcel: Parcel): Promise<ParcelUse[]> => uses.load(parcel.id),
    rightsIn: (parcel: Parcel): Promise<LandRight[]> => rights.load(parcel.id),
    /** Who holds a parcel now, each once (`rights_current`), in the same statement as the rights. */
    holdersOf: async (parcel: Parcel): Promise<string[]> =>
      (await rights.load(parcel.id)).map(({ holderId }) => holderId),
    encumbrancesOf: (parcel: Parcel): Promise<Encumbrance[]> => encumbrances.load(parcel.id),
    certificateOf: (parcel: Parcel): Promise<Certificate | null> => certificates.load(parcel.id),
    holdingsOf: (citizenId: string): Promise<Holding[]> => holdings.load(citizenId),

    /** A page of a commune's parcels, by sheet and number. */
    async parcelsOf(commune: string, first: number, after: string | null): Promise<Connection<Parcel>> {
      const list = `parcels:${commune}`;
      const start = after === null ? null : cursors.open(list, after);
      const rows = await db
        .selectFrom('parcels')
        .select(parcelColumns)
        .where('commune', '=', commune)
        .$if(start !== null, (query) =>
          query.where(sql<boolean>`(sheet, number) > (${start?.[0]}::integer, ${start?.[1]}::integer)`),
        )
        .orderBy('sheet')
        .orderBy('number')
        .limit(first + 1)
        .execute();
      return connection({
        rows,
        first,
        cursorOf: ({ sheet, number }) => cursors.seal(list, [sheet, number]),
        node: (parcel) => parcel,
      });
    },

    /** Records a transfer; what this request loaded before is stale afterwards and forgotten. */
    async transfer(order: Transfer): Promise<Parcel> {
      const parcel = await recordTransfer(db, today(), order);
      for (const loader of [byId, rights, holdings]) loader.clearAll();
      atKey.clearAll();
      return parcel;
    },
  };
}

export type LandData = ReturnType<typeof createLandData>;

const keyText = ({ commune, sheet, number }: ParcelKey): string => `${commune}/${sheet}/${number}`;

async function loadParcels(db: Kysely<LandTables>, ids: readonly string[]): Promise<(Parcel | null)[]> {
  const rows = await db.selectFrom('parcels').select(parcelColumns).where(oneOf('id', ids)).execute();
  return byKey(ids, rows, ({ id }) => id);
}

async function loadParcelsAt(db: Kysely<LandTables>, keys: readonly ParcelKey[]): Promise<(Parcel | null)[]> {
  const asked = sql`unnest(${keys.map(({ commune }) => commune)}::text[], ${keys.map(({ sheet }) => sheet)}::integer[],
    ${keys.map(({ number }) => number)}::integer[])`;
  const rows = await db
    .selectFrom('parcels')
    .select(parcelColumns)
    .where(sql<boolean>`(commune, sheet, number) in (select * from ${asked})`)
    .execute();
  return byKey(keys.map(keyText), rows, keyText);
}

async function loadUses(db: Kysely<LandTables>, ids: readonly string[]): Promise<ParcelUse[][]> {
  const rows = await db
    .selectFrom('parcel_uses')
    .select(['parcel_id', 'code', sql<number>`area::float8`.as('area')])
    .where(oneOf('parcel_id', ids))
    .orderBy(sql`array_position(array['ONT', 'ODT'], code)`)
    .orderBy('code')
    .execute();
  return groupByKey(ids, rows, (row) => row.parcel_id);
}

async function loadRights(db: Kysely<LandTables>, ids: readonly string[]): Promise<LandRight[][]> {
  const rows = await db
    .selectFrom('rights')
    .select(['parcel_id', 'holder_id', 'share_numerator', 'share_denominator', 'origin', 'since'])
    .where(oneOf('parcel_id', ids))
    .where('until_version', 'is', null)
    .orderBy('id')
    .execute();
  return groupByKey(ids, rows, (row) => row.parcel_id).map((group) =>
    group.map(({ holder_id, share_numerator, share_denominator, origin, since }) => ({
      holderId: holder_id,
      share: share(share_numerator, share_denominator),
      origin,
      since,
    })),
  );
}

async function loadEncumbrances(db: Kysely<LandTables>, ids: readonly string[]): Promise<Encumbrance[][]> {
  const rows = await db
    .selectFrom('encumbrances')
    .select(['parcel_id', 'kind', 'creditor', 'since', 'released'])
    .where(oneOf('parcel_id', ids))
    .orderBy('since')
    .orderBy('id')
    .execute();
  return groupByKey(ids, rows, (row) => row.parcel_id);
}

async function loadCertificates(db: Kysely<LandTables>, ids: readonly string[]): Promise<(Certificate | null)[]> {
  const rows = await db
    .selectFrom('certificates')
    .select(['parcel_id', 'serial', 'issued_on as issuedOn'])
    .where(oneOf('parcel_id', ids))
    .execute();
  return byKey(ids, rows, (row) => row.parcel_id);
}

async function loadHoldings(db: Kysely<LandTables>, ids: readonly string[]): Promise<Holding[][]> {
  const rows = await db
    .selectFrom('rights')
    .innerJoin('parcels', 'parcels.id', 'rights.parcel_id')
    .select(['holder_id', 'share_numerator', 'share_denominator', ...parcelColumns])
    .where(oneOf('holder_id', ids))
    .where('until_version', 'is', null)
    .orderBy('commune')
    .orderBy('sheet')
    .orderBy('number')
    .execute();
  return groupByKey(ids, rows, (row) => row.holder_id).map((group) =>
    group.map(({ holder_id: _, share_numerator, share_denominator, ...parcel }) => ({
      share: share(share_numerator, share_denominator),
      parcel,
    })),
  );
}
