import type { CoordinateSet, CoordinateSets } from '../../ledger/coordinates.ts';
import { type Ids, NOBODY, UNKNOWN } from '../../ledger/ids.ts';
import type { Notes } from '../../ledger/notes.ts';
import type { ArgumentPath, Declared, Subjects } from '../../ledger/subjects.ts';
import type { FieldSelection } from '../../operation/model.ts';
import type { Layout, Row } from './layout.ts';
import { PathReader, type Reading, RowSubjects } from './row-subjects.ts';

/** What is gathered of one answer for the ledger, and what it takes. */
export interface Collecting extends Reading {
  readonly notes: Notes;
  /** Whom the arguments of a field name. */
  readonly idsInArguments: (field: FieldSelection, paths: readonly ArgumentPath[]) => readonly string[];
}

/** What is shown under one response key, as far as the ledger is concerned: departments were asked for it. */
export interface ShownField {
  readonly field: FieldSelection;
  /** Where the members of its value stand, if it has any. */
  readonly inner: Layout | undefined;
}

export interface FactParts {
  readonly subjects: Subjects;
  readonly sets: CoordinateSets;
}

/** A field that states by itself whose it is. */
interface OwnField {
  readonly set: CoordinateSet;
  readonly enclosing: boolean;
  readonly field: FieldSelection;
  readonly arguments: readonly ArgumentPath[];
}

/** The same where it is those of the objects that it leads to. */
export interface Arrival {
  readonly set: CoordinateSet;
  readonly paths: readonly PathReader[];
}

/** What is disclosed, wherever an object of one type is shown at one position. Found out once for a permitted shape. */
export class SiteFacts {
  readonly #rows: RowSubjects;
  /** Of fields that are whose the object is. */
  readonly #plain: CoordinateSet | undefined;
  readonly #own: readonly OwnField[];
  readonly #arrivals: ReadonlyMap<FieldSelection, Arrival>;

  /**
   * @param type of the object; one that is shown as something less is still of its own type
   * @param isRoot arguments of root fields are gathered apart: they count whether or not anything is answered
   */
  constructor(
    { subjects, sets }: FactParts,
    type: string,
    shown: readonly ShownField[],
    layout: Layout,
    isRoot: boolean,
  ) {
    this.#rows = RowSubjects.of(subjects, layout, type);
    const guarded = shown.filter(({ field }) => subjects.isGuarded(type, field.name));
    const declared = guarded.map(({ field, inner }) => ({ field, inner, own: subjects.ofField(type, field.name) }));
    this.#plain = sets.of(declared.flatMap(({ field, own }) => (own ? [] : [`${type}.${field.name}`])));
    this.#own = declared.flatMap(({ field, own }) => {
      const set = own && sets.of([`${type}.${field.name}`]);
      return set ? [{ set, field, enclosing: own.enclosing, arguments: isRoot ? [] : own.arguments }] : [];
    });
    this.#arrivals = new Map(
      declared.flatMap(({ field, inner, own }) => {
        const arrival = own && arrivalOf(own, inner, sets.of([`${type}.${field.name}`]));
        return arrival ? [[field, arrival]] : [];
      }),
    );
  }

  /** Whose the object is. */
  idsOf(row: Row, around: Ids, collecting: Collecting): Ids {
    return this.#rows.read(row, around, collecting);
  }

  /** Notes what is shown of an object, before it is known whether it stays. */
  note(ids: Ids, around: Ids, { notes, idsInArguments }: Pick<Collecting, 'notes' | 'idsInArguments'>): void {
    if (this.#plain) notes.note(ids, this.#plain);
    for (const own of this.#own) {
      // Noted even of nobody: that the field was shown is a fact of the answer.
      notes.note(own.enclosing ? around : NOBODY, own.set);
      if (own.arguments.length > 0) notes.note(notes.people.told(idsInArguments(own.field, own.arguments)), own.set);
    }
  }

  arrivalOf(field: FieldSelection | undefined): Arrival | undefined {
    return field && this.#arrivals.get(field);
  }
}

const arrivalOf = (
  { paths }: Declared,
  inner: Layout | undefined,
  set: CoordinateSet | undefined,
): Arrival | undefined =>
  inner && set && paths.length > 0 ? { set, paths: paths.map((path) => new PathReader(path, inner)) } : undefined;

/** Notes an object to which a field has led, once it is shown. */
export const noteArrival = ({ set, paths }: Arrival, row: Row, collecting: Collecting): void => {
  for (const path of paths) collecting.notes.note(path.read(row, collecting), set);
};

/** Notes an object of which nobody can say what it is, and so not whose. */
export const noteUnknown = ({ notes }: Collecting): Ids => {
  notes.note(UNKNOWN, NOTHING);
  return UNKNOWN;
};

const NOTHING: CoordinateSet = { coordinates: [] };
