import { equal, hash32, utf8 } from './bytes.ts';
import { type Head, isCount, readHead } from './head.ts';
import { isObject, type Json, type JsonObject, parseObject } from './json.ts';
import { keyOf } from './jws.ts';
import type { Keys } from './keys.ts';
import { leadsTo, leafHash, rootOfLeaf, rootOfPart, type State } from './merkle.ts';
import type { Primitives } from './primitives.ts';

/** Why a proof proves nothing: the first step that failed. */
export type ProofFault =
  | 'FORMAT'
  | 'PART_FORM'
  | 'RECORD_ROOT'
  | 'HEAD_FORM'
  | 'HEAD_KEY'
  | 'HEAD_SIGNATURE'
  | 'HEAD_ORIGIN'
  | 'INCLUSION'
  | 'CONSISTENCY';

/** What a proof for a data subject shows (docs/ledger.md §7). */
export type ProofVerdict =
  | {
      readonly ok: true;
      readonly seq: number;
      /** Who asked, for what purpose, when. */
      readonly common: JsonObject;
      /** What left of this data subject. */
      readonly entry: JsonObject;
      readonly head: HeadInfo;
    }
  | { readonly ok: false; readonly fault: ProofFault };

export interface HeadInfo {
  readonly origin: string;
  readonly size: number;
  readonly time: string;
  readonly kid: string;
}

export interface ProofOptions {
  readonly keys: Keys;
  /** The ledger that it must be of. */
  readonly origin?: string;
}

const wrong = (fault: ProofFault): { readonly ok: false; readonly fault: ProofFault } => ({ ok: false, fault });

/** The functions of this file over one implementation of cryptography. */
export function proofsWith(primitives: Primitives) {
  /** A head's text; its signature by one of the keys. */
  async function head(text: Json | undefined, { keys, origin }: ProofOptions): Promise<Head | ProofFault> {
    const read = readHead(text);
    if (read === undefined) return 'HEAD_FORM';
    if (origin !== undefined && read.origin !== origin) return 'HEAD_ORIGIN';
    const key = keyOf(read.jws, keys, read.time);
    if (key === undefined) return 'HEAD_KEY';
    return (await primitives.verifies(key, read.jws.signed, read.jws.signature)) ? read : 'HEAD_SIGNATURE';
  }

  return {
    /** Checks the proof that a data subject gets of one record: that it was in the log, and says of them just this. */
    async verifyProof(proof: unknown, options: ProofOptions): Promise<ProofVerdict> {
      if (!isObject(proof) || proof.format !== 'lienthong-proof/1' || !isCount(proof.seq)) return wrong('FORMAT');
      const common = readPart(proof.common);
      const entry = readPart(proof.entry);
      const inclusion = readHashes(proof.inclusion);
      if (common === undefined || entry === undefined || inclusion === undefined) return wrong('FORMAT');
      const [about, own] = [parseObject(common.json), parseObject(entry.json)];
      if (common.slot !== 0 || entry.slot < 2 || about?.v !== 1 || own === undefined) return wrong('PART_FORM');
      const root = await rootOfPart(primitives, common);
      const same = await rootOfPart(primitives, entry);
      if (root === undefined || same === undefined || !equal(root, same)) return wrong('RECORD_ROOT');
      if (common.path.length !== entry.path.length) return wrong('RECORD_ROOT');
      const signed = await head(proof.head, options);
      if (typeof signed === 'string') return wrong(signed);
      const leaf = await leafHash(primitives, root);
      const led = await rootOfLeaf(primitives, leaf, proof.seq, signed.size, inclusion);
      if (led === undefined || !equal(led, signed.root)) return wrong('INCLUSION');
      return { ok: true, seq: proof.seq, common: about, entry: own, head: infoOf(signed) };
    },

    /** Whether the record with this root is number `seq` of the log that a head signs. */
    async verifyInclusion(
      { recordRoot, seq, path, head: text }: { recordRoot: string; seq: number; path: readonly string[]; head: string },
      options: ProofOptions,
    ): Promise<{ ok: true; head: HeadInfo } | { ok: false; fault: ProofFault }> {
      const [root, hashes] = [hash32(recordRoot), readHashes(path)];
      if (root === undefined || hashes === undefined || !isCount(seq)) return wrong('FORMAT');
      const signed = await head(text, options);
      if (typeof signed === 'string') return wrong(signed);
      const led = await rootOfLeaf(primitives, await leafHash(primitives, root), seq, signed.size, hashes);
      return led !== undefined && equal(led, signed.root) ? { ok: true, head: infoOf(signed) } : wrong('INCLUSION');
    },

    /** Whether the log of one head has only grown to be that of a later one. */
    async verifyConsistency(
      { from, to, path }: { from: string; to: string; path: readonly string[] },
      options: ProofOptions,
    ): Promise<{ ok: true; from: HeadInfo; to: HeadInfo } | { ok: false; fault: ProofFault }> {
      const hashes = readHashes(path);
      if (hashes === undefined) return wrong('FORMAT');
      const [one, other] = [await head(from, options), await head(to, options)];
      if (typeof one === 'string') return wrong(one);
      if (typeof other === 'string') return wrong(other);
      if (one.origin !== other.origin) return wrong('HEAD_ORIGIN');
      const states: readonly [State, State] = [one, other];
      return (await leadsTo(primitives, ...states, hashes))
        ? { ok: true, from: infoOf(one), to: infoOf(other) }
        : wrong('CONSISTENCY');
    },
  };
}

interface Part {
  readonly slot: number;
  readonly json: string;
  readonly text: Uint8Array;
  readonly salt: Uint8Array;
  readonly path: readonly Uint8Array[];
}

/** Depths of a record's inner tree. */
const DEPTHS = [4, 8, 12, 16];

function readPart(value: Json | undefined): Part | undefined {
  if (!isObject(value) || !isCount(value.slot) || typeof value.text !== 'string') return undefined;
  const [salt, path] = [hash32(value.salt), readHashes(value.path)];
  if (salt === undefined || path === undefined || !DEPTHS.includes(path.length)) return undefined;
  return { slot: value.slot, json: value.text, text: utf8(value.text), salt, path };
}

/** No tree is higher than a count of records has bits. */
const LONGEST_PATH = 64;

function readHashes(value: Json | undefined): readonly Uint8Array[] | undefined {
  if (!Array.isArray(value) || value.length > LONGEST_PATH) return undefined;
  const hashes = value.map(hash32).filter((hash) => hash !== undefined);
  return hashes.length === value.length ? hashes : undefined;
}

const infoOf = ({ origin, size, time, jws }: Head): HeadInfo => ({ origin, size, time, kid: jws.kid });
