import { hash32 } from './bytes.ts';
import type { Texts } from './faults.ts';
import { isCount } from './head.ts';
import { isObject, isPlain, type Json, type JsonObject, parseJson } from './json.ts';
import { MOST_PARTS } from './tree.ts';

/** A line of an export (docs/ledger.md §5), its shape known; nothing of it is proven. */
export type ExportLine =
  | { readonly is: 'format'; readonly format: Json; readonly origin: Json; readonly after?: Before }
  | ({ readonly is: 'record' } & RecordLine)
  | { readonly is: 'head'; readonly head: Json; readonly number: Json }
  | { readonly is: 'timeStamp'; readonly timeStamp: Json; readonly number: Json }
  | { readonly is: 'end'; readonly size: Json; readonly root: Json; readonly heads: Json; readonly timeStamps: Json };

/** What a continuation says of the records before it: how many, and the roots of the whole subtrees over them. */
export interface Before {
  readonly size: number;
  readonly hashes: readonly Uint8Array[];
}

export interface RecordLine {
  readonly seq: number;
  readonly root: Uint8Array;
  /** Absent: it was deleted. */
  readonly body?: { readonly key: Uint8Array; readonly parts: readonly string[] };
}

const NOT_PLAIN: Texts = {
  vi: 'không phải JSON viết liền, mã UTF-8 (không khoảng trắng, không thành viên trùng)',
  en: 'not compact JSON in UTF-8 (no blanks, no member twice)',
};
const NO_SHAPE: Texts = { vi: 'không đúng dạng nào', en: 'of none of its shapes' };

/** @returns why not, where it is none */
export function readExportLine(text: string | undefined): ExportLine | Texts {
  const value = text === undefined ? undefined : parseJson(text);
  if (text === undefined || value === undefined || !isPlain(text, value)) return NOT_PLAIN;
  if (!isObject(value)) return NO_SHAPE;
  if (has(value, 'record')) return recordOf(value.record) ?? NO_SHAPE;
  if (has(value, 'head', 'number')) return { is: 'head', head: value.head ?? null, number: value.number ?? null };
  if (has(value, 'format', 'origin')) {
    return { is: 'format', format: value.format ?? null, origin: value.origin ?? null };
  }
  if (has(value, 'format', 'origin', 'after')) {
    const after = beforeOf(value.after);
    return after ? { is: 'format', format: value.format ?? null, origin: value.origin ?? null, after } : NO_SHAPE;
  }
  if (has(value, 'timeStamp', 'number')) {
    return { is: 'timeStamp', timeStamp: value.timeStamp ?? null, number: value.number ?? null };
  }
  return has(value, 'end') ? (endOf(value.end) ?? NO_SHAPE) : NO_SHAPE;
}

function endOf(value: Json | undefined): ExportLine | undefined {
  if (!isObject(value)) return undefined;
  const { size = null, root = null, heads = null, timeStamps = 0 } = value;
  const names = ['size', 'root', 'heads', ...(Object.hasOwn(value, 'timeStamps') ? ['timeStamps'] : [])];
  return has(value, ...names) ? { is: 'end', size, root, heads, timeStamps } : undefined;
}

function beforeOf(value: Json | undefined): Before | undefined {
  if (!isObject(value) || !has(value, 'size', 'hashes') || !isCount(value.size) || value.size === 0) return undefined;
  const { size, hashes } = value;
  if (!Array.isArray(hashes) || hashes.length !== bitsOf(size)) return undefined;
  const read = hashes.map(hash32).filter((hash) => hash !== undefined);
  return read.length === hashes.length ? { size, hashes: read } : undefined;
}

/** How many bits of a number are set; by division, for sizes are beyond what bitwise operators count. */
function bitsOf(value: number): number {
  let bits = 0;
  for (let rest = value; rest > 0; rest = Math.floor(rest / 2)) bits += rest % 2;
  return bits;
}

function recordOf(value: Json | undefined): ExportLine | undefined {
  if (!isObject(value) || !isCount(value.seq)) return undefined;
  const { seq } = value;
  const root = hash32(value.root);
  if (root === undefined) return undefined;
  if (has(value, 'seq', 'root')) return { is: 'record', seq, root };
  const key = hash32(value.key);
  const { common, operation, entries } = value;
  if (!has(value, 'seq', 'root', 'key', 'common', 'operation', 'entries') || key === undefined) return undefined;
  if (typeof common !== 'string' || typeof operation !== 'string' || !isTexts(entries)) return undefined;
  if (entries.length > MOST_PARTS - 2) return undefined;
  return { is: 'record', seq, root, body: { key, parts: [common, operation, ...entries] } };
}

/** Whether an object has these members and no other. */
const has = (value: JsonObject, ...names: readonly string[]): boolean =>
  names.length === Object.keys(value).length && names.every((name) => Object.hasOwn(value, name));

const isTexts = (value: Json | undefined): value is readonly string[] =>
  Array.isArray(value) && value.every((each) => typeof each === 'string');
