import { type ProofFault, readKeys, verifyProof } from '@lienthong/verify/browser';
import type { Disclosure } from './disclosures.ts';

type Json = Parameters<typeof verifyProof>[0];

/** What the check of one entry's evidence comes to. */
export type Verdict =
  | {
      readonly kind: 'true';
      readonly seq: number;
      readonly size: number;
      readonly signed: string;
      readonly kid: string;
    }
  /** The ledger has not been signed up to this entry yet. */
  | { readonly kind: 'unsigned' }
  /** The evidence is sound, and of something else than what the page shows. */
  | { readonly kind: 'other' }
  /** This browser lacks the algorithm of the signature: nothing can be said. */
  | { readonly kind: 'unable' }
  | { readonly kind: 'false'; readonly fault: ProofFault | 'KEYS' };

const listed = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];

/** `coordinate department` of what was handed on, as a record or as the page has it. */
const handedIn = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.map((pair) => listed(pair).join(' ')) : [];
const handedShown = (passed: Disclosure['passed']): readonly string[] =>
  passed.flatMap(({ to, data }) => coordinatesOf(data).map((coordinate) => `${coordinate} ${to.code}`));

const coordinatesOf = (data: Disclosure['data']): readonly string[] =>
  data.flatMap(({ items }) => items.flatMap(({ coordinates }) => coordinates));

const sameSet = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && [...one].sort().join('\n') === [...other].sort().join('\n');

/**
 * What a record comes to: of a write that returned nothing of the person, nobody can say that it was made; of a person whom the
 * write does not name, something was shown.
 */
const kindIn = (kind: unknown, coordinates: readonly string[]): Disclosure['kind'] => {
  const asked = coordinates.filter((coordinate) => coordinate.startsWith('Mutation.')).length;
  if (kind === 'ANSWER' || asked === 0) return 'ANSWER';
  return kind === 'OUTCOME' && asked < coordinates.length ? 'CHANGE' : 'ATTEMPT';
};

/** Whether the record says what the page shows: read or changed, who, when, why, and which fields. */
const shows = (
  { id, time, kind, own, agency, application, purpose, legalBasis, data, passed }: Disclosure,
  common: Readonly<Record<string, unknown>>,
  entry: Readonly<Record<string, unknown>>,
): boolean =>
  common.id === id &&
  common.time === time &&
  kindIn(common.kind, listed(entry.coordinates)) === kind &&
  (common.legalBasis === 'SELF') === own &&
  (common.agency ?? null) === (agency?.code ?? null) &&
  (common.partner ?? null) === application &&
  (common.purpose ?? null) === (purpose?.code ?? null) &&
  (common.legalBasis ?? null) === (legalBasis?.code ?? null) &&
  sameSet(listed(entry.coordinates), coordinatesOf(data)) &&
  sameSet(handedIn(entry.passed), handedShown(passed));

/** WebCrypto of older browsers knows no Ed25519. @throws whatever else went wrong */
const unable = (error: unknown): 'unable' => {
  if (error instanceof Error && error.name === 'NotSupportedError') return 'unable';
  throw error;
};

/**
 * Checks evidence in the browser: with its own hashing, by the documented format alone (docs/ledger.md §7).
 *
 * @param jwks the gateway's public keys
 */
export const check = async (disclosure: Disclosure, proof: unknown, jwks: unknown): Promise<Verdict> => {
  if (proof === null || proof === undefined) return { kind: 'unsigned' };
  const keys = readKeys(jwks as Json);
  if (keys === undefined) return { kind: 'false', fault: 'KEYS' };
  const verdict = await verifyProof(proof as Json, { keys }).catch(unable);
  if (verdict === 'unable') return { kind: 'unable' };
  if (!verdict.ok) return { kind: 'false', fault: verdict.fault };
  if (!shows(disclosure, verdict.common, verdict.entry)) return { kind: 'other' };
  const { size, time, kid } = verdict.head;
  return { kind: 'true', seq: verdict.seq, size, signed: time, kid };
};
