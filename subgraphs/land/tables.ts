import type { Generated } from 'kysely';

/** Codes of land use on the cadastral map; their meaning is in the schema. */
export type LandUse = 'ONT' | 'ODT' | 'LUC' | 'LUK' | 'CLN' | 'HNK' | 'RSX' | 'RPH';
export type RightOrigin = 'ALLOCATION' | 'RECOGNITION' | 'INHERITANCE' | 'TRANSFER';
export type EncumbranceKind = 'MORTGAGE' | 'SEIZURE';

/** The department's database as `migrations/` lays it out. Dates are ISO 8601 text; `numeric` is read as text too. */
export interface LandTables {
  holders: { id: string; personal_number: string | null };
  parcels: { id: Generated<string>; commune: string; sheet: number; number: number; version: Generated<number> };
  parcel_uses: { parcel_id: string; code: LandUse; area: number };
  rights: {
    id: Generated<number>;
    parcel_id: string;
    holder_id: string;
    share_numerator: number;
    share_denominator: number;
    origin: RightOrigin;
    since: string;
    from_version: Generated<number>;
    until_version: number | null;
  };
  encumbrances: {
    id: Generated<number>;
    parcel_id: string;
    kind: EncumbranceKind;
    creditor: string;
    since: string;
    released: string | null;
  };
  certificates: { parcel_id: string; serial: string; issued_on: string };
}
