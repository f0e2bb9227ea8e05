/** The citizens database, as Kysely sees it. Dates are ISO 8601 text. See migrations/ for keys and constraints. */
import type { Generated } from 'kysely';

export interface CitizensTables {
  citizens: {
    serial: number;
    id: string;
    personal_number: string;
    full_name: string;
    given_name: string;
    folded_name: string;
    folded_words: Generated<string>;
    birth_date: string;
    sex: string;
    marital_status: string;
    ethnicity: string;
    death_date: string | null;
    household: string | null;
  };
  residences: {
    citizen: number;
    since: string;
    moved_on: string | null;
    commune: string;
    address: string;
    request_id: string | null;
  };
  family_links: { person: number; relative: number; role: string };
}

/** The columns that make a citizen, under the names of the schema. */
export const citizenColumns = [
  'citizens.serial',
  'citizens.id',
  'citizens.personal_number as personalNumber',
  'citizens.full_name as fullName',
  'citizens.birth_date as birthDate',
  'citizens.sex',
  'citizens.marital_status as maritalStatus',
  'citizens.ethnicity',
  'citizens.death_date as deathDate',
  'citizens.household',
] as const;

/** A citizen as loaded: the parent of the resolvers of `Citizen`. */
export interface CitizenRow {
  /** The register's own row number: joins tables, never leaves the department. */
  readonly serial: number;
  readonly id: string;
  readonly personalNumber: string;
  readonly fullName: string;
  readonly birthDate: string;
  readonly sex: string;
  readonly maritalStatus: string;
  readonly ethnicity: string;
  readonly deathDate: string | null;
  /** The household's code. */
  readonly household: string | null;
}

/** Where a citizen lives since when. */
export interface ResidenceRow {
  readonly commune: string;
  readonly address: string;
  readonly since: string;
}
