import { HASH_BYTES, type Hash, pairHash, sha256 } from './sha256.ts';

const PART = 0x10;
const NODE = 0x11;
const SALT = 0x12;
const EMPTY = 0x13;

/** Levels are added four at a time, so that a path's length tells the number of parts within a factor of 16 only. */
const STEP = 4;
const MAX_DEPTH = 16;
export const MAX_PARTS = 2 ** MAX_DEPTH;

const node = pairHash(NODE);

const saltInput = Buffer.alloc(1 + HASH_BYTES + 4);
const emptyInput = Buffer.alloc(1 + HASH_BYTES + 1 + 4);
let slotInput = Buffer.alloc(4096);

/** The salt of a slot. From it neither the record key nor another salt follows. */
export const saltOf = (key: Hash, slot: number): Hash => {
  saltInput[0] = SALT;
  saltInput.write(key, 1, HASH_BYTES, 'latin1');
  saltInput.writeUInt32BE(slot, 1 + HASH_BYTES);
  return sha256(saltInput);
};

const slotOf = (salt: Hash, part: string): Hash => {
  // A UTF-16 code unit takes three bytes of UTF-8 at most.
  const room = 1 + HASH_BYTES + 3 * part.length;
  if (slotInput.length < room) slotInput = Buffer.alloc(room);
  slotInput[0] = PART;
  slotInput.write(salt, 1, HASH_BYTES, 'latin1');
  const written = slotInput.write(part, 1 + HASH_BYTES, 'utf8');
  return sha256(slotInput.subarray(0, 1 + HASH_BYTES + written));
};

const emptyOf = (key: Hash, level: number, index: number): Hash => {
  emptyInput[0] = EMPTY;
  emptyInput.write(key, 1, HASH_BYTES, 'latin1');
  emptyInput[1 + HASH_BYTES] = level;
  emptyInput.writeUInt32BE(index, 2 + HASH_BYTES);
  return sha256(emptyInput);
};

const depthOf = (parts: number): number => {
  let depth = STEP;
  while (2 ** depth < parts) depth += STEP;
  return depth;
};

/** The tree over a record's parts (docs/ledger.md §2). */
export class InnerTree {
  readonly #key: Hash;
  /** Of each level, from the slots up, only the nodes that stand over a part: the first of them. */
  readonly #levels: readonly (readonly Hash[])[];

  /** @throws RangeError for more parts than a record may have */
  constructor(key: Hash, parts: readonly string[]) {
    if (parts.length === 0 || parts.length > MAX_PARTS) throw new RangeError(`a record has 1 to ${MAX_PARTS} parts`);
    this.#key = key;
    // Plain loops: this is most of what a record costs.
    const slots: Hash[] = [];
    for (const part of parts) slots.push(slotOf(saltOf(key, slots.length), part));
    const levels = [slots];
    const depth = depthOf(parts.length);
    for (let level = 0, below = slots; level < depth; level++) {
      const nodes: Hash[] = [];
      for (let index = 0; index < below.length; index += 2) {
        const right = below[index + 1] ?? emptyOf(key, level, index + 1);
        nodes.push(node(below[index] ?? right, right));
      }
      levels.push(nodes);
      below = nodes;
    }
    this.#levels = levels;
  }

  get root(): Hash {
    return this.#at(this.#levels.length - 1, 0);
  }

  /** The siblings on the way from a slot to the root. */
  path(slot: number): readonly Hash[] {
    return this.#levels.slice(0, -1).map((_, level) => this.#at(level, (slot >> level) ^ 1));
  }

  #at(level: number, index: number): Hash {
    return this.#levels[level]?.[index] ?? emptyOf(this.#key, level, index);
  }
}

/** The root to which a part with its salt leads; undefined where slot and path do not fit each other. */
export const rootByPath = (part: string, salt: Hash, slot: number, path: readonly Hash[]): Hash | undefined => {
  if (path.length === 0 || path.length > MAX_DEPTH || path.length % STEP !== 0) return undefined;
  if (!Number.isInteger(slot) || slot < 0 || slot >= 2 ** path.length) return undefined;
  return path.reduce(
    (own, sibling, level) => ((slot >> level) % 2 === 0 ? node(own, sibling) : node(sibling, own)),
    slotOf(salt, part),
  );
};
