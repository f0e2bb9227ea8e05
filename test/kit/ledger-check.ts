import { openReader } from '@lienthong/ledger';
import { type Hash, joined, leafHash, logNode, type Span } from '@lienthong/ledger/format';
import { type Keys, readKeys, verify, verifyConsistency, verifyProof } from '@lienthong/verify';
import { request } from 'undici';

import { type Snapshot, snapshotOf } from './kept-records.ts';

/** Proofs asked for at each look. */
const PROOFS = 20;

export interface Checked {
  /** The ledger's database, by its owner and by a role that reads. */
  readonly owner: string;
  readonly reader: string;
  readonly origin: string;
  /** Of a gateway that writes it and signs its heads. */
  readonly gateway: () => string;
}

/**
 * Watches one ledger as a witness would: at each look it takes the head that the gateway shows and keeps it, and holds the
 * whole ledger by the independent verifier against every head it ever took, so that nothing that was there once may be
 * gone, moved or changed.
 */
export class LedgerCheck {
  readonly #checked: Checked;
  readonly #heads: string[] = [];

  constructor(checked: Checked) {
    this.#checked = checked;
  }

  /** Looks once. `faults` is empty where everything is as it should be. */
  async look(): Promise<{ readonly snapshot: Snapshot; readonly faults: readonly string[] }> {
    const { owner, reader: database, origin } = this.#checked;
    const options = { keys: await this.#keys(), origin };
    const faults = await this.#takeHead(options);
    const reader = openReader({ database, origin, log: SILENT });
    try {
      const verdict = await verify(reader.export(), { ...options, witnessed: this.#heads });
      faults.push(...verdict.faults.map(({ code, line, seq }) => `verify: ${code} on line ${line}, seq ${seq}`));
      if (verdict.witnessed.met !== this.#heads.length) faults.push('a head is one of a larger ledger');
      const snapshot = await snapshotOf(owner);
      faults.push(...faultsOfStore(snapshot));
      faults.push(...faultsOfStore(snapshot));
      // Of a write that has an OUTCOME, the person is shown that one.
      const shown = snapshot.records.filter(
        ({ seq, common, entries }) => common.kind !== 'INTENT' && entries.length > 0 && seq < verdict.signed,
      );
      for (let at = 0; at < shown.length; at += Math.ceil(shown.length / PROOFS)) {
        const { seq = 0, entries: [{ subject } = { subject: '' }] = [] } = shown[at] ?? {};
        const proof = await verifyProof(json(await reader.proof(subject, seq)), options);
        if (!proof.ok) faults.push(`proof of seq ${seq}: ${proof.fault}`);
      }
      return { snapshot, faults };
    } finally {
      await reader.close();
    }
  }

  /** Keeps the head that stands now, and has it proven that the one before led to it. */
  async #takeHead(options: { readonly keys: Keys; readonly origin: string }): Promise<string[]> {
    const to = await this.#get('/ledger/head');
    const from = this.#heads.at(-1) ?? to;
    this.#heads.push(to);
    const query = `first=${sizeOf(from)}&second=${sizeOf(to)}`;
    const { proof } = JSON.parse(await this.#get(`/ledger/consistency?${query}`));
    const verdict = await verifyConsistency({ from, to, path: proof }, options);
    return verdict.ok ? [] : [`consistency of ${query}: ${verdict.fault}`];
  }

  async #keys(): Promise<Keys> {
    const keys = readKeys(JSON.parse(await this.#get('/.well-known/jwks.json')));
    if (!keys) throw new TypeError('the gateway shows no keys');
    return keys;
  }

  async #get(path: string): Promise<string> {
    const { statusCode, body } = await request(new URL(path, this.#checked.gateway()));
    const text = await body.text();
    if (statusCode !== 200) throw new Error(`${path}: ${statusCode} ${text}`);
    return text;
  }
}

const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };

const json = (value: unknown) => JSON.parse(JSON.stringify(value));

const sizeOf = (jws: string): number =>
  JSON.parse(Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString('utf8')).size;

/** What the store itself remembers beside the records must follow from them. */
function* faultsOfStore({ size, frontier, records, nodes, places, unfinished }: Snapshot): Generator<string> {
  const leaves = records.map(({ root }) => leafHash(root));
  if (size !== records.length) yield `the tip says ${size} records, there are ${records.length}`;
  if (joined(frontier) !== rootOver(leaves, { from: 0, to: size })) yield 'the frontier is that of another tree';
  if (nodes.filter(({ level }) => level === 8).length !== Math.floor(size / 256)) yield 'nodes are missing';
  for (const { level, index, hash } of nodes) {
    const span = { from: index * 2 ** level, to: (index + 1) * 2 ** level };
    if (hash !== rootOver(leaves, span)) yield `node ${level}/${index} is another one`;
  }
  const ids = new Set<string>();
  const begun = new Set<string>();
  const entries = new Set<string>();
  for (const [place, { seq, common, operation, entries: own }] of records.entries()) {
    if (seq !== place) yield `seq ${seq} stands at ${place}`;
    if (ids.has(common.id)) yield `seq ${seq} has an id that another record has`;
    ids.add(common.id);
    if (common.kind === 'INTENT') begun.add(common.id);
    if (operation.intent !== undefined && !begun.delete(operation.intent)) {
      yield `seq ${seq} is the OUTCOME of no INTENT that is open`;
    }
    for (const [n, { subject }] of own.entries()) entries.add(`${subject} ${seq} ${n + 2}`);
  }
  if (!equal(begun, unfinished)) yield 'the list of unfinished writes is another one';
  if (!equal(entries, places)) yield 'the index of entries is another one';
}

const equal = (some: ReadonlySet<string>, others: ReadonlySet<string>): boolean =>
  some.size === others.size && [...some].every((each) => others.has(each));

/** RFC 9162 §2.1.1, as it is defined. */
const rootOver = (leaves: readonly Hash[], { from, to }: Span): Hash => {
  if (to - from <= 1) return leaves[from] ?? joined([]);
  let split = 1;
  while (2 * split < to - from) split *= 2;
  return logNode(rootOver(leaves, { from, to: from + split }), rootOver(leaves, { from: from + split, to }));
};
