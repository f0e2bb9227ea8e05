import { PREFIX } from './merkle.ts';
import { node } from './node.ts';

/** A record has at most so many parts: 2^16 slots. */
export const MOST_PARTS = 65_536;

/** The depth of a record's inner tree: in steps of four, so that it hides how many parts there are within a factor of 16. */
export function innerDepth(parts: number): number {
  let depth = 4;
  while (2 ** depth < parts) depth += 4;
  return depth;
}

/** The record root over a record's parts (docs/ledger.md §2). */
export function recordRoot(key: Uint8Array, parts: readonly string[]): Uint8Array {
  let level = parts.map((part, slot) => slotHash(saltOf(key, slot), part));
  for (let height = 1; height <= innerDepth(parts.length); height++) {
    // What stands over no part is made from the key instead, and looks like any other node.
    if (level.length % 2 === 1) level.push(nothing(key, height - 1, level.length));
    level = pairs(level);
  }
  const [root = EMPTY] = level;
  return root;
}

const pairs = (level: readonly Uint8Array[]): Uint8Array[] =>
  Array.from({ length: level.length / 2 }, (_, at) =>
    join(PREFIX.innerNode, level[2 * at] ?? EMPTY, level[2 * at + 1] ?? EMPTY),
  );

const EMPTY = new Uint8Array();

function saltOf(key: Uint8Array, slot: number): Uint8Array {
  SALT.set(key, 1);
  SALT.writeUInt32BE(slot, 33);
  return node.sha256(SALT);
}
const SALT = Buffer.alloc(37, PREFIX.salt);

function slotHash(salt: Uint8Array, part: string): Uint8Array {
  const bytes = Buffer.allocUnsafe(33 + Buffer.byteLength(part));
  bytes[0] = PREFIX.slot;
  bytes.set(salt, 1);
  bytes.write(part, 33);
  return node.sha256(bytes);
}

function nothing(key: Uint8Array, height: number, index: number): Uint8Array {
  NOTHING.set(key, 1);
  NOTHING.writeUInt8(height, 33);
  NOTHING.writeUInt32BE(index, 34);
  return node.sha256(NOTHING);
}
const NOTHING = Buffer.alloc(38, PREFIX.nothing);

function join(prefix: number, left: Uint8Array, right: Uint8Array): Uint8Array {
  NODE[0] = prefix;
  NODE.set(left, 1);
  NODE.set(right, 33);
  return node.sha256(NODE);
}
const NODE = Buffer.alloc(65);

/**
 * The log's Merkle tree (RFC 9162 §2.1.1) while it grows: of all that is to the left only the roots of whole subtrees are
 * kept, one for each bit of the size.
 */
export class LogTree {
  size = 0;
  /** Largest subtree first. */
  readonly #whole: Uint8Array[] = [];

  append(root: Uint8Array): void {
    LEAF.set(root, 1);
    let hash = node.sha256(LEAF);
    for (let rest = this.size; rest % 2 === 1; rest = Math.floor(rest / 2)) {
      hash = join(PREFIX.node, this.#whole.pop() ?? EMPTY, hash);
    }
    this.#whole.push(hash);
    this.size += 1;
  }

  root(): Uint8Array {
    return this.#whole.length === 0
      ? node.sha256(EMPTY)
      : this.#whole.reduceRight((right, left) => join(PREFIX.node, left, right));
  }
}
const LEAF = Buffer.alloc(33, PREFIX.leaf);
