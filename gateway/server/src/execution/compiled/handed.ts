import type { QueryPlanSelectionNode } from '@apollo/query-planner';

import { isObjectType } from 'graphql';

import { type Ids, NOBODY } from '../../ledger/ids.ts';
import { type Handed, type InputMember, type InputParts, inputsIn } from '../../ledger/passed.ts';
import { TYPENAME } from '../../operation/runtime-type.ts';
import type { CompiledFetch } from './compile.ts';
import { type Around, type ContextSource, NOT_KNOWN, sourceFor } from './contexts.ts';
import { type Layout, type Row, typeOf } from './layout.ts';
import { isOfType } from './of-type.ts';
import { type Reading, RowSubjects } from './row-subjects.ts';

/** Objects of which a department was told what a fetch requires. */
export interface Sent {
  readonly fetch: CompiledFetch;
  readonly rows: readonly Row[];
}

/** An object, those around it, and whose each is. */
interface Whose extends Around<Whose> {
  readonly ids: Ids;
}

/** What the fetches of one plan tell departments of objects besides which ones are meant. Found out once. */
export class HandedInputs {
  readonly #parts: InputParts;
  readonly #hands = new Map<CompiledFetch, boolean>();
  readonly #byFetch = new Map<CompiledFetch, Map<string, readonly string[]>>();

  constructor(parts: InputParts) {
    this.#parts = parts;
  }

  /** By the objects to which they belong, whether or not the answer shows them: departments have been told. */
  of(root: Row, sent: readonly Sent[], reading: Reading): Handed[] {
    return sent.flatMap((each) => [
      ...this.#inRepresentations(root, each, reading),
      ...this.#fromContexts(root, each, reading),
    ]);
  }

  #inRepresentations(root: Row, { fetch, rows }: Sent, reading: Reading): Handed[] {
    const handing = new Set(rows.filter((row) => this.#coordinates(fetch, typeOf(row)).length > 0));
    if (handing.size === 0) return [];
    const whose = fetch.path.accumulate<Ids>(root, NOBODY, (row, layout, around) =>
      RowSubjects.of(this.#parts.subjects, layout, typeOf(row)).read(row, around, reading),
    );
    const { department } = fetch;
    return whose
      .filter(([row]) => handing.has(row))
      .map(([row, ids]) => ({ ids, coordinates: this.#coordinates(fetch, typeOf(row)), department }));
  }

  /** What stands above the objects: each value once, however many objects stand below it. */
  #fromContexts(root: Row, { fetch, rows }: Sent, reading: Reading): Handed[] {
    const variables = fetch.entities?.contexts ?? [];
    if (variables.length === 0) return [];
    const { subjects, supergraphSchema } = this.#parts;
    const below = new Set(rows);
    const told = new Map<ContextSource, Set<Row>>();
    const handed: Handed[] = [];
    const standing = (row: Row, layout: Layout, around: Whose | undefined): Whose => ({
      row,
      around,
      ids: RowSubjects.of(subjects, layout, typeOf(row)).read(row, around?.ids ?? NOBODY, reading),
    });
    for (const [row, here] of fetch.path.accumulate<Whose | undefined>(root, undefined, standing)) {
      if (!here || !below.has(row)) continue;
      for (const variable of variables) {
        const found = sourceFor(variable, here, supergraphSchema);
        if (found === undefined || found === NOT_KNOWN) continue;
        const { source, at } = found;
        const known = told.get(source) ?? new Set<Row>();
        told.set(source, known);
        const coordinates = known.has(at.row) ? [] : this.#inContext(fetch, source, typeOf(at.row));
        known.add(at.row);
        if (coordinates.length > 0) handed.push({ ids: at.ids, coordinates, department: fetch.department });
      }
    }
    return handed;
  }

  /** Whether departments are told by a fetch of more than which objects are meant. */
  hands(fetch: CompiledFetch): boolean {
    let hands = this.#hands.get(fetch);
    if (hands === undefined) {
      const types = [...(fetch.entities?.representations.types ?? [])];
      hands = types.some((type) => {
        const object = isObjectType(this.#parts.supergraphSchema.getType(type));
        // An interface is told in place of an object's type, which is known of the object alone.
        return !object || this.#coordinates(fetch, type).length > 0;
      });
      hands ||= (fetch.entities?.contexts ?? []).length > 0;
      this.#hands.set(fetch, hands);
    }
    return hands;
  }

  #coordinates(fetch: CompiledFetch, type: string): readonly string[] {
    const byType = this.#byFetch.get(fetch) ?? new Map<string, readonly string[]>();
    this.#byFetch.set(fetch, byType);
    const known = byType.get(type);
    if (known) return known;
    const members = this.#members(fetch.entities?.requires ?? [], type);
    const coordinates = inputsIn(this.#parts, fetch.department, type, members);
    byType.set(type, coordinates);
    return coordinates;
  }

  #inContext({ department }: CompiledFetch, { names: [first = '', ...rest] }: ContextSource, type: string) {
    if (this.#parts.keys.isOwn(department, type, first)) return [];
    const inner = rest.reduceRight<InputMember[]>((within, name) => [{ name, inner: within }], []);
    return inputsIn(this.#parts, department, type, [{ name: first, inner }]);
  }

  /** Of objects of a type, or of all where it is not known. */
  #members(selections: readonly QueryPlanSelectionNode[], type: string | undefined): InputMember[] {
    return selections.flatMap((selection) => {
      if (selection.kind === 'Field') {
        if (selection.name === TYPENAME) return [];
        return [{ name: selection.name, inner: this.#members(selection.selections ?? [], undefined) }];
      }
      const { typeCondition, selections: inner } = selection;
      const applies =
        type === undefined ||
        typeCondition === undefined ||
        isOfType(this.#parts.supergraphSchema, type, typeCondition);
      return applies ? this.#members(inner, type) : [];
    });
  }
}
