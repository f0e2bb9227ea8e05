import type { GraphQLFormattedError } from 'graphql';

import type { RequestContext } from '../context.ts';
import { PublicError } from '../errors.ts';
import type { CompletedObject } from '../execution/complete.ts';
import type { Witness } from '../execution/engine.ts';
import { CALL_PLACE } from '../execution/place-of-call.ts';
import type { PrivateNames } from '../execution/private-names.ts';
import { type IdOfNumber, idsInArguments, type Named, subjectsNamed } from '../ledger/arguments.ts';
import { disclosed } from '../ledger/disclosed.ts';
import { gatherFromData, type Witnessed } from '../ledger/from-data.ts';
import { UNKNOWN } from '../ledger/ids.ts';
import type { Noted, Notes } from '../ledger/notes.ts';
import type { Handed } from '../ledger/passed.ts';
import type { ArgumentPath } from '../ledger/subjects.ts';
import type { FieldSelection, PreparedOperation } from '../operation/model.ts';
import type { Decision } from '../policy/authorize.ts';
import type { Operated } from './operate.ts';

/** Where a ledger is kept. */
export interface LedgerParts {
  /** The `Citizen.id` of a personal number, as departments make it. */
  readonly idOf: IdOfNumber;
  /** Before a write runs: what is about to happen, durable. */
  readonly intent?: (context: RequestContext, named: readonly Named[]) => Promise<void>;
}

/** What was gathered of one answer by the engine that gave it. */
export interface Gathered {
  readonly notes: Notes;
  readonly handed: readonly Handed[];
}

export interface Disclosing {
  readonly operation: PreparedOperation;
  /** What is served; in mode `report` that is everything, and all of it is disclosed. */
  readonly served: Decision;
  readonly variables: ReadonlyMap<string, unknown>;
  readonly input: Operated;
  readonly ledger: LedgerParts;
}

/** What one request discloses: gathered while it is answered, told to `outcome.disclosed` when it is known what leaves. */
export class Disclosure {
  readonly #about: Disclosing;
  readonly #witnessed: Witnessed[] = [];
  #entityMissing = false;
  #named: readonly Named[] | undefined;

  constructor(about: Disclosing) {
    this.#about = about;
  }

  /** For the compiled engine, which gathers while it writes. */
  get collecting() {
    const { variables, ledger } = this.#about;
    return {
      idsInArguments: (field: FieldSelection, paths: readonly ArgumentPath[]) =>
        idsInArguments(field, paths, variables, ledger.idOf),
    };
  }

  /** For the reference engine. */
  get witness(): Witness {
    return {
      sent: (department, path, representations) => {
        this.#witnessed.push({ department, path: path.join('.'), representations });
      },
      missing: () => {
        this.#entityMissing = true;
      },
    };
  }

  /** What the answer of the reference engine discloses. */
  gather(data: unknown, completed: CompletedObject | null, names: PrivateNames): Gathered {
    const { operation, served, variables, input, ledger } = this.#about;
    const { version, view } = input;
    const { subjects, keys, schema } = version;
    return gatherFromData({
      ...{ schema, operation, decision: served, variables, names, data, completed },
      isKnown: (type) => view === undefined || view.getType(type) !== undefined,
      idOf: ledger.idOf,
      inputs: { subjects, keys, supergraphSchema: subjects.supergraphSchema, realNames: new Map() },
      witnessed: this.#witnessed,
    });
  }

  /**
   * Tells what is disclosed, or withholds the answer where it holds somebody's data and it is not known whose.
   *
   * @param errors of departments, in private names
   * @param exact whether the engine tells null from what was never told
   * @throws PublicError LEDGER_SUBJECT_UNKNOWN; a write has been carried out then
   */
  settle(
    { notes, handed }: Gathered,
    errors: readonly GraphQLFormattedError[],
    names: PrivateNames,
    exact: boolean,
  ): void {
    const noted = notes.sum();
    const isUnknown =
      noted.isUnknown ||
      handed.some(({ ids }) => ids === UNKNOWN) ||
      errors.some((error) => isPrivate(error, names)) ||
      this.#isDoubtful(noted, errors, exact);
    this.#tell(isUnknown ? undefined : noted, handed);
    if (!isUnknown) return;
    const isWrite = this.#about.operation.operation === 'mutation';
    throw new PublicError('LEDGER_SUBJECT_UNKNOWN', isWrite ? { data: { executed: true } } : {});
  }

  /** Tells what is disclosed where no answer leaves: departments were asked about whom arguments name. */
  nothing(handed: readonly Handed[] = []): void {
    this.#tell(undefined, handed);
  }

  /** Whom the arguments of root fields name: known before departments are asked, so before a write runs. */
  get named(): readonly Named[] {
    const { operation, served, variables, input, ledger } = this.#about;
    this.#named ??= subjectsNamed({ operation, asked: served.asked, variables }, input.version.subjects, ledger.idOf);
    return this.#named;
  }

  #tell(noted: Noted | undefined, handed: readonly Handed[]): void {
    this.#about.input.context.outcome.disclosed = disclosed({ noted, named: this.named, handed });
  }

  /** Whether a null that was taken for nobody may be a department's failure of which it did not say where. */
  #isDoubtful({ notes: { nulls } }: Noted, errors: readonly GraphQLFormattedError[], exact: boolean): boolean {
    if (nulls === 0) return false;
    const unplaced = errors.some(({ path, extensions }) => path === undefined && !(exact && isUnmade(extensions)));
    return unplaced || errors.length >= TOLD_AT_MOST || (!exact && this.#entityMissing);
  }
}

/** Errors taken from one answer (department-judge.ts): beyond them some may be missing. */
const TOLD_AT_MOST = 100;

/** Of a call that brought nothing at all: what it was to bring is not null then. */
const isUnmade = (extensions: GraphQLFormattedError['extensions']): boolean =>
  extensions?.code === 'DEPARTMENT_UNAVAILABLE' || extensions?.code === 'DEPARTMENT_TIMEOUT';

/** Whether an error lies in what the gateway asked for itself. */
const isPrivate = ({ path, extensions }: GraphQLFormattedError, names: PrivateNames): boolean => {
  const place: unknown = path ?? extensions?.[CALL_PLACE];
  return Array.isArray(place) && place.some((key) => typeof key === 'string' && names.isSubject(key));
};
