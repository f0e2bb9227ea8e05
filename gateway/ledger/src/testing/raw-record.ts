import { createHash, randomBytes } from 'node:crypto';
import {
  bytesOf,
  commonText,
  type Entry,
  entryText,
  type Hash,
  hashOf,
  InnerTree,
  type Operation,
  operationText,
  type RecordKind,
  sha256,
} from '../format/index.ts';

let made = 0;

/** An id as the gateway makes them; in the order in which they were asked for. */
export const nextId = (): string => {
  made += 1;
  return `019ab000-0000-7000-8000-${made.toString(16).padStart(12, '0')}`;
};

/** A record as it is handed to `ledger.append`. */
export interface RawRecord {
  readonly id: string;
  readonly key: Hash;
  readonly root: Hash;
  readonly parts: readonly string[];
}

export interface RawOptions {
  readonly kind?: RecordKind;
  readonly id?: string;
  readonly time?: string;
  readonly entries?: readonly Entry[];
  readonly operation?: Partial<Operation>;
  readonly purpose?: string;
  readonly agency?: string;
}

export const rawRecord = (options: RawOptions = {}): RawRecord => {
  const { kind = 'ANSWER', id = nextId(), time = '2026-11-23T02:00:00.000Z', entries = [], operation } = options;
  const { purpose = 'TTHC', agency } = options;
  const key = hashOf(randomBytes(32)) ?? sha256(new Uint8Array());
  const parts = [
    commonText({ kind, id, time, partner: 'mot-cua', agency, purpose }),
    operationText({ request: id, disclosed: [], denied: [], departments: [], ...operation }, entries.length),
    ...entries.map(entryText),
  ];
  return { id, key, root: new InnerTree(key, parts).root, parts };
};

/** A data subject's id, for a name. */
export const someSubject = (name: string): string =>
  `s1.${createHash('sha256').update(name).digest().toString('base64url', 0, 16)}`;

/** The two arguments of `ledger.append`. */
export const argumentsOf = (records: readonly RawRecord[]): [string, Buffer] => [
  records.map(({ parts }) => parts.join('\t')).join('\n'),
  Buffer.concat(records.flatMap(({ key, root }) => [bytesOf(key), bytesOf(root)])),
];
