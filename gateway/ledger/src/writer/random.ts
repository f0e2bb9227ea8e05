import { randomFillSync } from 'node:crypto';
import { HASH_BYTES, type Hash } from '../format/index.ts';

/** A call of the generator costs 2 µs however little it brings: what it brings is handed out in pieces, each once. */
const POOL = 8192;
const pool = Buffer.alloc(POOL);
let used = POOL;

const taken = (bytes: number): number => {
  if (used + bytes > POOL) {
    randomFillSync(pool);
    used = 0;
  }
  const from = used;
  used += bytes;
  return from;
};

/** A new record key. */
export const newKey = (): Hash => {
  const from = taken(HASH_BYTES);
  const key = pool.toString('latin1', from, from + HASH_BYTES) as Hash;
  pool.fill(0, from, from + HASH_BYTES);
  return key;
};

const ID_BYTES = 16;

/** RFC 9562 §5.7: a UUIDv7 of that millisecond. */
export const newId = (at: number): string => {
  const from = taken(ID_BYTES);
  pool.writeUIntBE(at, from, 6);
  pool[from + 6] = 0x70 | ((pool[from + 6] ?? 0) & 0x0f);
  pool[from + 8] = 0x80 | ((pool[from + 8] ?? 0) & 0x3f);
  const hex = pool.toString('hex', from, from + ID_BYTES);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
};
