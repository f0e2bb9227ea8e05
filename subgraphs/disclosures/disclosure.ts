import type { LedgerEntry } from './ledger.ts';
import type { DisclosedData, PlainWords } from './plain-words.ts';
import type { Term, Terms } from './terms.ts';

/** A disclosure as the schema shows it, and what its proof needs besides. */
export interface Disclosure {
  readonly subject: string;
  readonly seq: number;
  readonly id: string;
  readonly time: string;
  readonly kind: 'ANSWER' | 'CHANGE' | 'ATTEMPT';
  readonly own: boolean;
  readonly agency: Term | null;
  readonly application: string | null;
  readonly purpose: Term | null;
  readonly legalBasis: Term | null;
  readonly law: string | null;
  readonly data: readonly DisclosedData[];
  readonly passed: readonly { readonly to: Term; readonly data: readonly DisclosedData[] }[];
  readonly officer: string | null;
  readonly case: string | null;
}

/** Of a write, the field that asked for it: told of whoever it names, carried out or refused. */
const ASKED_FOR = 'Mutation.';

/**
 * Whether data were read or changed. A department that refuses a write returns no payload: nobody is told that his data
 * were changed whose entry holds nothing of one. Nor is anybody whom the write does not name, a relative in its answer for
 * one: of him something was shown.
 */
const kindOf = ({ common: { kind }, coordinates }: LedgerEntry): Disclosure['kind'] => {
  const asked = coordinates.filter((coordinate) => coordinate.startsWith(ASKED_FOR)).length;
  if (kind === 'ANSWER' || asked === 0) return 'ANSWER';
  return kind === 'OUTCOME' && asked < coordinates.length ? 'CHANGE' : 'ATTEMPT';
};

/** The legal basis on which people read their own data. */
const SELF = 'SELF';

const named = (code: string | undefined, name: (code: string) => Term): Term | null =>
  code === undefined ? null : name(code);

/** Says an entry of the ledger in words. */
export const disclosureOf =
  ({ agency, purpose, legalBasis, law }: Terms, { say, department }: PlainWords) =>
  (subject: string, entry: LedgerEntry): Disclosure => {
    const { seq, common, coordinates, passed, officer, case: dossier } = entry;
    const handed = new Map<string, string[]>();
    for (const [coordinate, to] of passed) handed.set(to, [...(handed.get(to) ?? []), coordinate]);
    return {
      subject,
      seq,
      id: common.id,
      time: common.time,
      kind: kindOf(entry),
      own: common.legalBasis === SELF,
      agency: named(common.agency, agency),
      application: common.partner ?? null,
      purpose: named(common.purpose, purpose),
      legalBasis: named(common.legalBasis, legalBasis),
      law: common.legalBasis === undefined ? null : law(common.legalBasis),
      data: say(coordinates),
      passed: [...handed].map(([to, handedOver]) => ({ to: department(to), data: say(handedOver) })),
      officer: officer ?? null,
      case: dossier ?? null,
    };
  };
