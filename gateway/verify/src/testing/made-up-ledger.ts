import { createHmac, generateKeyPairSync, type KeyObject, hash as sha256, sign } from 'node:crypto';

/**
 * Writes exports for tests of the verifier, from docs/ledger.md alone: it shares nothing with the verifier beside it, nor
 * with the program that keeps the real ledger. Equal seeds give equal exports but for signatures.
 */
export class MadeUpLedger {
  readonly origin: string;
  readonly jwks: { readonly keys: readonly object[] };
  readonly items: Item[] = [];
  readonly #seed: string;
  readonly #privateKey: KeyObject;
  readonly #kid: string;
  readonly #alg: 'ES256' | 'EdDSA';
  readonly #tree = new Tree();
  readonly #deleted = new Set<number>();
  #size = 0;
  #heads = 0;

  constructor({
    origin = 'made-up.example/ledger',
    seed = 'seed',
    alg = 'ES256' as 'ES256' | 'EdDSA',
    kid = 'key-1',
    /** Whose key signs this one, too. */
    signer = undefined as MadeUpLedger | undefined,
  } = {}) {
    const { privateKey, publicKey } =
      alg === 'ES256' ? generateKeyPairSync('ec', { namedCurve: 'P-256' }) : generateKeyPairSync('ed25519');
    this.origin = origin;
    this.#seed = seed;
    this.#alg = alg;
    this.#kid = kid;
    this.#privateKey = signer === undefined ? privateKey : signer.#privateKey;
    this.jwks = signer?.jwks ?? { keys: [{ ...publicKey.export({ format: 'jwk' }), kid, alg, use: 'sig' }] };
  }

  get size(): number {
    return this.#size;
  }

  /** Adds a record; `common` and `operation` replace members. @returns its id */
  record({
    kind = 'ANSWER',
    people = 1,
    common = {},
    operation = {},
    parts = undefined as readonly string[] | undefined,
  } = {}): string {
    const seq = this.#size;
    const id = this.idOf(seq);
    const retention = kind === 'RETENTION';
    const about = retention ? { v: 1, kind, id, time: timeOf(seq) } : { ...COMMON, v: 1, kind, id, time: timeOf(seq) };
    const asked = retention
      ? {}
      : {
          ...OPERATION,
          request: `request-${seq}`,
          requestCommitment: hash(`question ${seq}`).toString('base64url'),
          subjects: people,
        };
    const entries = Array.from({ length: people }, (_, n) => ({
      subject: subject(`${this.#seed} ${(seq * 7 + n) % 1_000}`),
      coordinates: ['Citizen.fullName', 'Citizen.residence'],
      ...(n % 3 === 2 ? { passed: [['Citizen.birthDate', 'health']] } : {}),
    })).sort((one, other) => (one.subject < other.subject ? -1 : 1));
    const written = parts ?? [{ ...about, ...common }, { ...asked, ...operation }, ...entries].map(canonical);
    const key = hash(`${this.#seed} key ${seq}`);
    const root = innerNode(key, written, depthOf(written.length), 0);
    this.#tree.add(hash(Buffer.of(0x00), root));
    this.#size += 1;
    this.items.push({ is: 'record', seq, key, root, parts: written });
    return id;
  }

  /** A mutation: its INTENT, and its OUTCOME. */
  mutation(): void {
    const intent = this.record({ kind: 'INTENT' });
    this.record({ kind: 'OUTCOME', operation: { intent } });
  }

  /** Signs what there is. @param changes members of the payload that are to be others */
  head(changes: Readonly<Record<string, unknown>> = {}, typ = 'lienthong-head+jwt'): string {
    const payload = { origin: this.origin, size: this.#size, root: this.root(), time: this.now(), ...changes };
    const jws = this.jws(payload, typ);
    this.items.push({ is: 'head', jws, number: this.#heads++ });
    return jws;
  }

  /**
   * Deletes the bodies of records under a RETENTION record.
   *
   * @param changes members of what is signed that are others
   * @param said what the record says, and signs, in place of what it deletes
   */
  retain(from: number, to: number, changes: Readonly<Record<string, unknown>> = {}, said: object = {}): void {
    for (let seq = from; seq <= to; seq++) this.#deleted.add(seq);
    const id = this.idOf(this.#size);
    const retention = { from, to, before: timeOf(to + 1), ...said };
    const payload = { origin: this.origin, id, ...retention, ...changes };
    const signature = this.jws(payload, 'lienthong-retention+jwt');
    this.record({ kind: 'RETENTION', people: 0, operation: { retention, signature } });
  }

  /** Leaves out the body of a record that no RETENTION covers. */
  lose(seq: number): void {
    this.#deleted.add(seq);
  }

  /** Leaves no trace of what has been written, for exports that are larger than memory. */
  drain(): readonly string[] {
    return this.items.splice(0).map((item) => this.line(item));
  }

  /** The whole export, its lines without line feeds. */
  lines(): string[] {
    return [this.first(), ...this.items.map((item) => this.line(item)), this.last()];
  }

  /**
   * The same in files of which each continues the one before, as they were exported when the ledger had so many records; a
   * head over just as many stands in both.
   */
  files(...cuts: readonly number[]): string[][] {
    return [...cuts, this.#size].map((to, at) => this.#file(at === 0 ? 0 : (cuts[at - 1] ?? 0), to));
  }

  #file(from: number, to: number): string[] {
    const [before, tree] = [new Tree(), new Tree()];
    const lines: string[] = [];
    let [size, heads] = [0, 0];
    for (const item of this.items) {
      if (item.is === 'record') {
        if (size === to) break;
        for (const each of size < from ? [before, tree] : [tree]) each.add(hash(Buffer.of(0x00), item.root));
        size += 1;
        if (size > from) lines.push(this.line(item));
      } else if (size >= from) lines.push(this.line({ ...item, number: heads++ }));
    }
    const root = tree.root().toString('base64url');
    return [this.first(from, before), ...lines, JSON.stringify({ end: { size, root, heads } })];
  }

  first(size = 0, before = new Tree()): string {
    const hashes = before.peaks().map((peak) => peak.toString('base64url'));
    const after = size === 0 ? {} : { after: { size, hashes } };
    return JSON.stringify({ format: 'lienthong-ledger/1', origin: this.origin, ...after });
  }

  last(): string {
    return JSON.stringify({ end: { size: this.#size, root: this.root(), heads: this.#heads } });
  }

  line(item: Item): string {
    if (item.is === 'head') return JSON.stringify({ head: item.jws, number: item.number });
    const { seq, key, parts } = item;
    const root = item.root.toString('base64url');
    if (this.#deleted.has(seq)) return JSON.stringify({ record: { seq, root } });
    const [common, operation, ...entries] = parts;
    return JSON.stringify({ record: { seq, root, key: key.toString('base64url'), common, operation, entries } });
  }

  root(): string {
    return this.#tree.root().toString('base64url');
  }

  idOf(seq: number): string {
    const random = hash(`${this.#seed} id ${seq}`).toString('hex');
    const moment = (Date.parse(START) + seq * 20).toString(16).padStart(12, '0');
    return `${moment.slice(0, 8)}-${moment.slice(8)}-7${random.slice(0, 3)}-a${random.slice(3, 6)}-${random.slice(6, 18)}`;
  }

  now(): string {
    return timeOf(this.#size);
  }

  /** @param header members besides the usual ones */
  jws(payload: object, typ: string, kid = this.#kid, header: object = {}): string {
    const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const signed = `${encode({ alg: this.#alg, typ, kid, ...header })}.${encode(payload)}`;
    const signature = sign(this.#alg === 'ES256' ? 'sha256' : null, Buffer.from(signed), {
      key: this.#privateKey,
      dsaEncoding: 'ieee-p1363',
    });
    return `${signed}.${signature.toString('base64url')}`;
  }
}

type Item =
  | { readonly is: 'head'; readonly jws: string; readonly number: number }
  | {
      readonly is: 'record';
      readonly seq: number;
      readonly key: Buffer;
      readonly root: Buffer;
      readonly parts: readonly string[];
    };

const START = '2026-11-23T02:00:00.000Z';
/** Fifty records a second. */
const timeOf = (seq: number): string => new Date(Date.parse(START) + seq * 20).toISOString();

const hash = (...parts: readonly (string | Buffer)[]): Buffer =>
  sha256('sha256', Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part))), 'buffer');

const subject = (citizen: string): string =>
  `s1.${createHmac('sha256', 'subject key').update(citizen).digest().subarray(0, 16).toString('base64url')}`;

const COMMON = {
  issuer: 'https://idp.example',
  partner: 'mot-cua',
  agency: 'H48.53',
  purpose: 'TTHC',
  legalBasis: 'MANDATORY_SHARE',
};

const OPERATION = {
  officer: 'cán bộ 17',
  case: 'H48.53-261123-0001',
  operation: { type: 'query', hash: hash('{ me }').toString('hex'), name: 'TraCứu' },
  disclosed: ['Citizen.fullName', 'Citizen.residence'],
  denied: ['Citizen.ethnicity'],
  departments: [{ name: 'citizens', status: 'ok' }],
  status: 200,
  answerCommitment: hash('answer').toString('base64url'),
};

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const named = Object.entries(value).filter(([, inner]) => inner !== undefined);
  const members = named.sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${members.map(([name, inner]) => `${JSON.stringify(name)}:${canonical(inner)}`).join()}}`;
}

const depthOf = (parts: number): number => [4, 8, 12, 16].find((depth) => 2 ** depth >= parts) ?? 16;

const number = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

/** Top down, as the definition reads. */
function innerNode(key: Buffer, parts: readonly string[], level: number, index: number): Buffer {
  if (index * 2 ** level >= parts.length) return hash(Buffer.of(0x13), key, Buffer.of(level), number(index));
  if (level === 0) return hash(Buffer.of(0x10), hash(Buffer.of(0x12), key, number(index)), parts[index] ?? '');
  const [left, right] = [2 * index, 2 * index + 1].map((below) => innerNode(key, parts, level - 1, below));
  return hash(Buffer.of(0x11), left ?? '', right ?? '');
}

/** A Merkle tree as a binary counter: at each level the root of a whole subtree, or nothing. */
class Tree {
  readonly #peaks: (Buffer | undefined)[] = [];

  add(leaf: Buffer): void {
    let carried = leaf;
    for (let level = 0; ; level++) {
      const peak = this.#peaks[level];
      this.#peaks[level] = peak === undefined ? carried : undefined;
      if (peak === undefined) return;
      carried = hash(Buffer.of(0x01), peak, carried);
    }
  }

  /** Largest first. */
  peaks(): readonly Buffer[] {
    return this.#peaks.filter((peak) => peak !== undefined).reverse();
  }

  root(): Buffer {
    const [lowest = hash(), ...higher] = [...this.peaks()].reverse();
    return higher.reduce((right, left) => hash(Buffer.of(0x01), left, right), lowest);
  }
}
