import type { Kysely } from 'kysely';
import type { Logger } from 'pino';
import type { Cursors } from './cursors.ts';
import type { Language } from './language.ts';
import type { Pseudonyms } from './pseudonyms.ts';
import type { DepartmentResolvers } from './resolvers.ts';
import type { SeedTools } from './seed/tools.ts';
import type { Caller } from './token/caller.ts';

/** What is known of the request a resolver runs for. */
export interface DepartmentRequest {
  readonly caller: Caller;
  readonly requestId: string;
  readonly language: Language;
  readonly log: Logger;
}

/** What a department builds its access to data from, once per request. */
export interface DataTools<Tables> {
  readonly db: Kysely<Tables>;
  readonly pseudonyms: Pseudonyms;
  readonly cursors: Cursors;
  readonly request: DepartmentRequest;
  /** The calendar date in the province, ISO 8601. */
  readonly today: () => string;
  /** The instant, by the same clock. */
  readonly now: () => Date;
}

/** The context of every resolver. */
export interface DepartmentContext<Data> extends DepartmentRequest {
  readonly data: Data;
}

/** A department: everything that is its own. The kit adds the rest. */
export interface Department<Tables, Data> {
  /** The subgraph's name; the internal token's audience is `urn:subgraph:<name>`, the environment prefix its upper case. */
  readonly name: string;
  /** `import.meta.dirname`: where `schema.graphql` and `migrations/` are. */
  readonly folder: string;
  /** The port when the environment names none. */
  readonly port: number;
  /** Called once per request: DataLoaders live here, so that no caller sees what was loaded for another. */
  readonly createData: (tools: DataTools<Tables>) => Data;
  /** The department's own types; scalars, Commune and PageInfo are added by the kit. */
  readonly resolvers: DepartmentResolvers<Data>;
  /**
   * Fills empty tables with invented people, the same for the same number of citizens. Without it the database is kept by
   * somebody else, and this department, with a role that only reads, neither migrates nor seeds it.
   */
  readonly seed?: (tools: SeedTools) => Promise<void>;
}

/** Declares a department; only there so that `Tables` and `Data` are inferred and checked in one place. */
export const defineDepartment = <Tables, Data>(department: Department<Tables, Data>): Department<Tables, Data> =>
  department;
