import type { QueryPlanSelectionNode } from '@apollo/query-planner';

import { isObjectType } from 'graphql';

import { type Ids, NOBODY } from '../../ledger/ids.ts';
import { type Handed, type InputMember, type InputParts, inputsIn } from '../../ledger/passed.ts';
import { TYPENAME } from '../../operation/runtime-type.ts';
import type { CompiledFetch } from './compile.ts';
import { type Row, typeOf } from './layout.ts';
import { isOfType } from './of-type.ts';
import { type Reading, RowSubjects } from './row-subjects.ts';

/** Objects of which a department was told what a fetch requires. */
export interface Sent {
  readonly fetch: CompiledFetch;
  readonly rows: readonly Row[];
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
    return sent.flatMap(({ fetch, rows }) => {
      const handing = new Set(rows.filter((row) => this.#coordinates(fetch, typeOf(row)).length > 0));
      if (handing.size === 0) return [];
      const whose = fetch.path.accumulate<Ids>(root, NOBODY, (row, layout, around) =>
        RowSubjects.of(this.#parts.subjects, layout, typeOf(row)).read(row, around, reading),
      );
      const { department } = fetch;
      return whose
        .filter(([row]) => handing.has(row))
        .map(([row, ids]) => ({ ids, coordinates: this.#coordinates(fetch, typeOf(row)), department }));
    });
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
