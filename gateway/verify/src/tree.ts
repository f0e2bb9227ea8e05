import { hash } from 'node:crypto';
import { PREFIX } from './merkle.ts';

/** A record has at most so many parts: 2^16 slots. */
export const MOST_PARTS = 65_536;

/** The depth of a record's inner tree: in steps of four, so that it hides how many parts there are within a factor of 16. */
export function innerDepth(parts: number): number {
  let depth = 4;
  while (2 ** depth < parts) depth += 4;
  return depth;
}

/**
 * Hashes within this file are texts of 32 characters, each one byte: Node makes them several times faster than buffers, and
 * nearly all that a verifier does is hash.
 */
type Hash = string;
const sha256 = (bytes: Uint8Array): Hash => hash('sha256', bytes, 'binary');
const bytesOf = (text: Hash): Uint8Array => Buffer.from(text, 'latin1');

/** The record root over a record's parts (docs/ledger.md §2). */
export function recordRoot(key: Uint8Array, parts: readonly string[]): Uint8Array {
  const depth = innerDepth(parts.length);
  SALT.set(key, 1);
  NOTHING.set(key, 1);
  let level = parts.map((part, slot) => slotHash(saltOf(slot), part));
  for (let height = 0; height < depth; height++) {
    // What stands over no part is made from the key instead, and looks like any other node.
    if (level.length % 2 === 1) level.push(nothing(height, level.length));
    level = pairs(level);
  }
  return bytesOf(level[0] ?? '');
}

const pairs = (level: readonly Hash[]): Hash[] =>
  Array.from({ length: level.length / 2 }, (_, at) =>
    join(PREFIX.innerNode, level[2 * at] ?? '', level[2 * at + 1] ?? ''),
  );

/** After the prefix the record's key, which stays there while its record is hashed. */
const SALT = Buffer.alloc(37, PREFIX.salt);
const NOTHING = Buffer.alloc(38, PREFIX.nothing);

function saltOf(slot: number): Hash {
  SALT.writeUInt32BE(slot, 33);
  return sha256(SALT);
}

function nothing(height: number, index: number): Hash {
  NOTHING.writeUInt8(height, 33);
  NOTHING.writeUInt32BE(index, 34);
  return sha256(NOTHING);
}

function slotHash(salt: Hash, part: string): Hash {
  const bytes = Buffer.allocUnsafe(33 + Buffer.byteLength(part));
  bytes[0] = PREFIX.slot;
  bytes.write(salt, 1, 'latin1');
  bytes.write(part, 33);
  return sha256(bytes);
}

function join(prefix: number, left: Hash, right: Hash): Hash {
  NODE[0] = prefix;
  NODE.write(left, 1, 'latin1');
  NODE.write(right, 33, 'latin1');
  return sha256(NODE);
}
const NODE = Buffer.alloc(65);

/**
 * The log's Merkle tree (RFC 9162 §2.1.1) while it grows: of all that is to the left only the roots of whole subtrees are
 * kept, one for each bit of the size.
 */
export class LogTree {
  size: number;
  /** Largest subtree first. */
  readonly #whole: Hash[];

  /** @param whole roots of the whole subtrees of a tree of this size, the largest first: one for each bit of it */
  constructor(size = 0, whole: readonly Uint8Array[] = []) {
    this.size = size;
    this.#whole = whole.map((root) => Buffer.from(root).toString('latin1'));
  }

  append(root: Uint8Array): void {
    LEAF.set(root, 1);
    let top = sha256(LEAF);
    for (let rest = this.size; rest % 2 === 1; rest = Math.floor(rest / 2)) {
      top = join(PREFIX.node, this.#whole.pop() ?? '', top);
    }
    this.#whole.push(top);
    this.size += 1;
  }

  root(): Uint8Array {
    if (this.#whole.length === 0) return bytesOf(sha256(new Uint8Array()));
    return bytesOf(this.#whole.reduceRight((right, left) => join(PREFIX.node, left, right)));
  }
}
const LEAF = Buffer.alloc(33, PREFIX.leaf);
