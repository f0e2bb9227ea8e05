import { createHash, randomBytes } from 'node:crypto';
import { type Answer, ask, type TestPrincipal, type TestSubgraph, testSubgraph } from '@lienthong/kit/testing';
import {
  bytesOf,
  commonText,
  entryText,
  hashOf,
  InnerTree,
  operationText,
  type RecordKind,
  type SubjectOf,
  sha256,
  subjectsBy,
} from '@lienthong/ledger/format';
import { connected, type LedgerDatabase, ledgerDatabase } from '@lienthong/ledger/testing';
import { loadCatalogue } from '@lienthong/schema/catalogue';
import type { DisclosureParts } from './data.ts';
import { createDisclosures } from './department.ts';
import { descriptionsIn } from './descriptions.ts';
import { plainWords } from './plain-words.ts';
import { committedSupergraph } from './settings.ts';

/** What a test says of a record; the rest is the same for all. */
export interface TestRecord {
  readonly kind?: RecordKind;
  readonly id?: string;
  /** ISO 8601. */
  readonly time?: string;
  readonly partner?: string;
  readonly agency?: string;
  readonly purpose?: string;
  readonly legalBasis?: string;
  readonly officer?: string;
  readonly case?: string;
  readonly intent?: string;
  /** Whose data left, and which: by federated id. */
  readonly of: Readonly<Record<string, readonly string[]>>;
  /** Of every person: `[coordinate, department]`. */
  readonly passed?: readonly (readonly [string, string])[];
}

/** A hold as whoever keeps the ledger places it. */
export interface TestHold {
  readonly records?: readonly string[];
  readonly case_id?: string;
  readonly partner?: string;
  /** By federated id. */
  readonly subject?: string;
  readonly ends_at?: string;
  readonly lifted?: boolean;
}

/** What a test knows to be now, for the department too. */
const NOW = '2026-11-23T05:00:00.000Z';

/** The federated id of somebody invented. */
export const person = (name: string): string => `k1.${createHash('sha256').update(name).digest('base64url')}`;

const subjectOf = subjectsBy(randomBytes(32));

let made = 0;
export const nextId = (): string => {
  made += 1;
  return `019ab000-0000-7000-8000-${made.toString(16).padStart(12, '0')}`;
};

const randomHash = () => hashOf(randomBytes(32)) ?? sha256(new Uint8Array());

const rawRecord = ({ of, passed, officer, case: dossier, intent, ...about }: TestRecord, subject: SubjectOf) => {
  const key = randomHash();
  const id = about.id ?? nextId();
  const entries = Object.entries(of).map(([citizen, coordinates]) => ({
    subject: subject(citizen),
    coordinates: [...coordinates].sort(),
    ...(passed === undefined ? {} : { passed }),
  }));
  entries.sort((one, other) => (one.subject < other.subject ? -1 : 1));
  const parts = [
    commonText({ kind: 'ANSWER', time: '2026-11-20T02:00:00.000Z', ...about, id }),
    operationText(
      { request: 'r', officer, case: dossier, intent, disclosed: [], denied: [], departments: [] },
      entries.length,
    ),
    ...entries.map(entryText),
  ];
  return { id, line: parts.join('\t'), secrets: [bytesOf(key), bytesOf(new InnerTree(key, parts).root)] };
};

/** A ledger of a test's own, and the department over it with the role that reads. */
export interface RunningDisclosures {
  readonly subgraph: TestSubgraph;
  /** Writes records; answers their ids. */
  readonly write: (...records: TestRecord[]) => Promise<string[]>;
  /** Places a hold; answers what takes it away again. */
  readonly hold: (hold: TestHold) => Promise<() => Promise<void>>;
  readonly ask: (
    query: string,
    variables: Readonly<Record<string, unknown>>,
    caller: TestPrincipal,
  ) => Promise<Answer['body']>;
  readonly close: () => Promise<void>;
}

/** Somebody's own token, and an inspector's. */
export const self = (citizen: string): TestPrincipal => ({ citizen, scopes: ['audit:self:read'] });
export const inspector: TestPrincipal = { scopes: ['audit:disclosure:read'], purpose: 'AUDIT' };

export const departmentOfTests = (proofOf: DisclosureParts['proofOf'] = async () => null) =>
  createDisclosures({
    catalogue: loadCatalogue(),
    words: plainWords(descriptionsIn(committedSupergraph())),
    subjectOf,
    proofOf,
  });

export const writeTo = async (
  database: LedgerDatabase,
  records: readonly TestRecord[],
  subject = subjectOf,
): Promise<string[]> => {
  const raw = records.map((record) => rawRecord(record, subject));
  const lines = raw.map(({ line }) => line).join('\n');
  await connected(database.writer, (client) =>
    client.query('select ledger.append($1, $2)', [lines, Buffer.concat(raw.flatMap(({ secrets }) => secrets))]),
  );
  return raw.map(({ id }) => id);
};

export const startDisclosures = async (): Promise<RunningDisclosures> => {
  const ledger = await ledgerDatabase();
  const subgraph = await testSubgraph(departmentOfTests(), {
    database: async () => ({ url: ledger.reader, drop: ledger.drop }),
    now: () => new Date(NOW),
  });
  return {
    subgraph,
    write: (...records) => writeTo(ledger, records),
    async hold({ lifted = false, subject, ...criteria }) {
      const row = { ...criteria, ...(subject === undefined ? {} : { subject: subjectOf(subject) }) };
      const columns = Object.keys(row);
      const id = await connected(ledger.owner, async (client) => {
        const { rows } = await client.query<{ id: string }>(
          `insert into ledger.holds (${columns.join(', ')}, reason, placed_by, lifted_by, lifted_at)
           values (${columns.map((_, n) => `$${n + 1}`).join(', ')}, 'điều tra', 'a', ${lifted ? "'a', now()" : 'null, null'})
           returning id`,
          Object.values(row),
        );
        return rows[0]?.id;
      });
      return () =>
        connected(ledger.owner, async (client) => {
          await client.query('delete from ledger.holds where id = $1', [id]);
        });
    },
    ask: async (query, variables, caller) => (await ask(subgraph, { ...caller, query, variables })).body,
    close: subgraph.close,
  };
};
