import { createHmac, generateKeyPairSync } from 'node:crypto';

import { type NewRecord, openHeads, openKeeper, openLedger, openReader } from '@lienthong/ledger';
import { keySigner } from '@lienthong/ledger/format';
import { type LedgerDatabase, ledgerDatabase } from '@lienthong/ledger/testing';
import { type Keys, readKeys } from '@lienthong/verify';

const SUBJECT_KEY = Buffer.alloc(32, 7);

/** A ledger in a database of its own, with every role at work, and a key that signs its heads. */
export async function realLedger() {
  const database: LedgerDatabase = await ledgerDatabase();
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const origin = 'test.example/ledger';
  const jwks = { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'heads', alg: 'ES256', use: 'sig' }] };
  const common = { origin, signer: keySigner(privateKey, 'heads'), log: silent };
  // Two gateways write one ledger.
  const writers = [1, 2].map(() => openLedger({ database: database.writer, subjectKey: SUBJECT_KEY, log: silent }));
  const heads = openHeads({ ...common, database: database.writer, keys: jwks, every: 0 });
  const keeper = openKeeper({ ...common, database: database.keeper });
  const reader = openReader({ ...common, database: database.reader });
  let turn = 0;
  return {
    database,
    origin,
    keys: readKeys(jwks) as Keys,
    heads,
    keeper,
    reader,
    append: (record: Partial<NewRecord> = {}) => {
      const writer = writers[turn++ % writers.length];
      if (writer === undefined) throw new TypeError('there is a writer');
      return writer.append({ ...ordinary, ...record });
    },
    lines: async (): Promise<string[]> => {
      const lines: string[] = [];
      for await (const line of reader.export()) lines.push(line.slice(0, -1));
      return lines;
    },
    close: async (): Promise<void> => {
      await Promise.all([...writers, heads, keeper, reader].map((each) => each.close()));
      await database.drop();
    },
  };
}

export type RealLedger = Awaited<ReturnType<typeof realLedger>>;

/** The id by which the ledger knows a person, computed as docs/ledger.md says. */
export const subjectOf = (person: number): string =>
  `s1.${createHmac('sha256', SUBJECT_KEY).update(`k1.${person}`).digest().subarray(0, 16).toString('base64url')}`;

/** People by number, as entries of a record. */
export const about = (...people: readonly number[]): NewRecord['entries'] =>
  people.map((person) => ({ citizen: `k1.${person}`, coordinates: ['Citizen.fullName', 'Citizen.sex'] }));

const ignore = (): void => undefined;
const silent = { info: ignore, warn: ignore, error: ignore };

const digest = `sha-256=:${Buffer.alloc(32).toString('base64')}:`;
const ordinary: NewRecord = {
  kind: 'ANSWER',
  issuer: 'https://idp.example',
  partner: 'mot-cua',
  agency: 'H48.53',
  purpose: 'TTHC',
  legalBasis: 'MANDATORY_SHARE',
  request: 'request-1',
  officer: 'cán bộ 17',
  case: 'H48.53-261123-0001',
  operation: { type: 'query', hash: '0'.repeat(64), name: 'TraCứu' },
  disclosed: ['Citizen.fullName', 'Citizen.sex'],
  denied: ['Citizen.ethnicity'],
  departments: [{ name: 'citizens', status: 'ok' }],
  status: 200,
  requestDigest: digest,
  answerDigest: digest,
  entries: [],
};
