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

type SeedRows = AsyncIterable<SeedRow> | Iterable<SeedRow>;

/** The rows as chunks of text; a row is taken from its source only when the chunk it belongs to is wanted. */
export async function* copyChunks(table: string, width: number, rows: SeedRows): AsyncGenerator<Buffer, void> {
  let chunk = '';
  for await (const row of rows) {
    if (row.length !== width) throw new RangeError(`${table}: a row of ${row.length} values for ${width} columns`);
    chunk += copyLine(row);
    if (chunk.length < CHUNK_CHARACTERS) continue;
    yield Buffer.from(chunk);
    chunk = '';
  }
  if (chunk !== '') yield Buffer.from(chunk);
}

/** Writes rows by COPY as they are produced; backpressure keeps no more than a few chunks in memory. */
export const copyRows = async (
  client: ClientBase,
  table: string,
  columns: readonly string[],
  rows: SeedRows,
): Promise<number> => {
  const names = columns.map(escapeIdentifier).join(', ');
  const sink = client.query(copyFrom(`copy ${escapeIdentifier(table)} (${names}) from stdin`));
  // Few chunks in flight: what a slow server has not taken yet stays unproduced.
  await pipeline(Readable.from(copyChunks(table, columns.length, rows), { objectMode: true, highWaterMark: 2 }), sink);
  return sink.rowCount;
};
