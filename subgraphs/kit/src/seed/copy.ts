import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type ClientBase, escapeIdentifier } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { SeedRow } from './tools.ts';

const CHUNK_CHARACTERS = 64 * 1024;

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

const escapeText = (text: string): string =>
  text.replace(/[\\\t\n\r]/g, (character) => ESCAPES[character] ?? character);

/** A value as PostgreSQL reads it from text, before COPY's own escaping. */
const textOf = (value: unknown): string => {
  switch (typeof value) {
    case 'string':
      // PostgreSQL's text cannot hold it, and the error would come without the row.
      if (value.includes('\0')) throw new TypeError('text with a NUL character cannot be stored');
      return value;
    case 'number':
    case 'bigint':
      return String(value);
    case 'boolean':
      return value ? 't' : 'f';
    case 'object':
      if (value instanceof Date) return value.toISOString();
      if (value instanceof Uint8Array) return `\\x${Buffer.from(value).toString('hex')}`;
      if (Array.isArray(value)) return arrayText(value);
      return JSON.stringify(value);
    default:
      throw new TypeError(`a seed row cannot hold a ${typeof value}`);
  }
};

const elementText = (value: unknown): string => {
  if (value === null || value === undefined) return 'NULL';
  if (Array.isArray(value)) return arrayText(value);
  return `"${textOf(value).replace(/[\\"]/g, (character) => `\\${character}`)}"`;
};

const arrayText = (values: readonly unknown[]): string => `{${values.map(elementText).join(',')}}`;

/** One row in COPY's text format (PostgreSQL manual, COPY, "Text Format"). */
export const copyLine = (row: SeedRow): string =>
  `${row.map((value) => (value === null || value === undefined ? '\\N' : escapeText(textOf(value)))).join('\t')}\n`;

/** Writes rows by COPY as they are produced; backpressure keeps no more than a few chunks in memory. */
export const copyRows = async (
  client: ClientBase,
  table: string,
  columns: readonly string[],
  rows: AsyncIterable<SeedRow> | Iterable<SeedRow>,
): Promise<number> => {
  let written = 0;
  async function* chunks() {
    let chunk = '';
    for await (const row of rows) {
      if (row.length !== columns.length) {
        throw new RangeError(`${table}: a row of ${row.length} values for ${columns.length} columns`);
      }
      chunk += copyLine(row);
      written += 1;
      if (chunk.length >= CHUNK_CHARACTERS) {
        yield Buffer.from(chunk);
        chunk = '';
      }
    }
    if (chunk !== '') yield Buffer.from(chunk);
  }
  const names = columns.map(escapeIdentifier).join(', ');
  const sink = client.query(copyFrom(`copy ${escapeIdentifier(table)} (${names}) from stdin`));
  await pipeline(Readable.from(chunks(), { objectMode: true }), sink);
  return written;
};
