import { type DocumentNode, GraphQLError, Kind, parse } from 'graphql';
import type { Messages } from '../partner.ts';
import { documentHash, type PersistedDocument } from '../persisted-document.ts';
import type { Place, YamlReader } from './yaml-reader.ts';

const shapes = {
  name: { vi: 'tên một dòng, tối đa 128 ký tự', en: 'a name on one line, up to 128 characters' },
  purpose: { vi: 'mục đích như TTHC', en: 'a purpose such as TTHC' },
  body: { vi: 'câu truy vấn GraphQL', en: 'a GraphQL text' },
  hash: {
    vi: 'SHA-256 của body, 64 chữ số thập lục phân viết thường',
    en: 'the SHA-256 of body, 64 hex digits in lower case',
  },
} satisfies Record<string, Messages>;

const name = /^[^\p{C}\p{Zl}\p{Zp}]{1,128}$/u;
const purposeCode = /^[\x21-\x7e]{1,64}$/;
const sha256 = /^[0-9a-f]{64}$/;

/** Keys that every list of persisted documents has; `hash` is there to be checked. */
const required = ['purpose', 'body'];
const optional = ['name', 'hash'];

/** One entry as it was written, and what else it may hold. */
export interface DocumentEntry {
  readonly document: PersistedDocument;
  readonly place: Place;
  readonly more: ReadonlyMap<string, Place>;
}

/**
 * A list of persisted documents: each parses, holds at least one query or mutation and nothing but operations and
 * fragments, and stands there once for each purpose.
 *
 * @param extra keys that an entry may have besides
 * @returns those that are without fault; the reader has recorded the faults of the others
 */
export function readPersistedDocuments(
  reader: YamlReader,
  place: Place,
  extra: readonly string[] = [],
): readonly DocumentEntry[] {
  const entries: DocumentEntry[] = [];
  for (const item of reader.list(place, { empty: true }) ?? []) {
    const entry = reader.record(item, required, [...optional, ...extra]);
    const document = entry && readDocument(reader, entry);
    if (!document) continue;
    const { hash, purpose } = document;
    if (entries.some((other) => other.document.hash === hash && other.document.purpose === purpose)) {
      reader.problem(
        item,
        'văn bản này đã đăng ký ở trên cho cùng mục đích',
        'this text is registered above already, for the same purpose',
      );
      continue;
    }
    entries.push({ document, place: item, more: entry });
  }
  return entries;
}

function readDocument(reader: YamlReader, entry: ReadonlyMap<string, Place>): PersistedDocument | undefined {
  const read = (key: string, pattern: RegExp, shape: Messages) => {
    const at = entry.get(key);
    return at && reader.text(at, pattern, shape);
  };
  const bodyAt = entry.get('body');
  const hashAt = entry.get('hash');
  const purpose = read('purpose', purposeCode, shapes.purpose);
  const body = read('body', /\S/, shapes.body);
  const called = read('name', name, shapes.name);
  const given = read('hash', sha256, shapes.hash);
  if (!bodyAt || body === undefined || purpose === undefined) return undefined;
  if (!isRunnable(reader, bodyAt, body)) return undefined;
  const hash = documentHash(body);
  if (hashAt && given !== undefined && given !== hash) {
    return reader.problem(
      hashAt,
      `không phải SHA-256 của body, là ${hash} (tính cả dấu xuống dòng cuối)`,
      `is not the SHA-256 of body, which is ${hash} (a line break at the end counts)`,
    );
  }
  if ((entry.has('name') && called === undefined) || (hashAt && given === undefined)) return undefined;
  return {
    ...(called === undefined ? {} : { name: called }),
    purpose: purpose === NO_PURPOSE ? null : purpose,
    hash,
    body,
  };
}

/** How the absence of a purpose is written: codes of purposes are in capitals. */
const NO_PURPOSE = 'none';

function isRunnable(reader: YamlReader, place: Place, body: string): boolean {
  const document = parsed(reader, place, body);
  if (!document) return false;
  let operations = 0;
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) continue;
    if (definition.kind !== Kind.OPERATION_DEFINITION || definition.operation === 'subscription') {
      reader.problem(
        place,
        'chỉ được chứa query, mutation và fragment',
        'may hold queries, mutations and fragments only',
      );
      return false;
    }
    operations += 1;
  }
  if (operations > 0) return true;
  reader.problem(place, 'không có thao tác nào', 'holds no operation');
  return false;
}

function parsed(reader: YamlReader, place: Place, body: string): DocumentNode | undefined {
  try {
    return parse(body, { noLocation: true });
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    const [at] = error.locations ?? [];
    const where = at === undefined ? '' : ` (${at.line}:${at.column})`;
    return reader.problem(
      place,
      `sai cú pháp GraphQL${where}: ${error.message}`,
      `is not valid GraphQL${where}: ${error.message}`,
    );
  }
}
