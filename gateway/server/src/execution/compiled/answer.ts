import {
  type GraphQLCompositeType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isObjectType,
} from 'graphql';

import type { CoordinateSets } from '../../ledger/coordinates.ts';
import { type Ids, NOBODY } from '../../ledger/ids.ts';
import type { Subjects } from '../../ledger/subjects.ts';
import { type FieldSelection, isIncluded, type Selection } from '../../operation/model.ts';
import { dependsOnRuntimeType, TYPENAME } from '../../operation/runtime-type.ts';
import type { Decision } from '../../policy/authorize.ts';
import { type Collected, objectType, promised } from '../complete.ts';
import type { PrivateNames } from '../private-names.ts';
import {
  fault,
  type Nesting,
  NULL,
  nestingOf,
  type Path,
  type ValueMember,
  value,
  visibleValues,
  type Written,
} from './answer-value.ts';
import { type Layout, type Row, typeOf } from './layout.ts';
import { isOfType } from './of-type.ts';
import { Output } from './output.ts';
import { type Collecting, noteUnknown, SiteFacts } from './site-facts.ts';
import { type Word, wordOf } from './word.ts';

export interface AnswerParts {
  /** What callers see. */
  readonly schema: GraphQLSchema;
  /** The whole: departments answer with values that callers do not see. */
  readonly supergraphSchema: GraphQLSchema;
  readonly selections: readonly Selection[];
  readonly rootType: string;
  readonly decision: Decision;
  /** Of the conditions alone: which selections are included. */
  readonly variables: ReadonlyMap<string, unknown>;
  readonly names: PrivateNames;
  readonly layout: Layout;
  /** See complete.ts. */
  readonly isKnown: (typeName: string) => boolean;
  /** Where it is gathered for the ledger what an answer discloses. */
  readonly ledger?: { readonly subjects: Subjects; readonly sets: CoordinateSets } | undefined;
}

/**
 * Writes the answer after the operation as the caller wrote it, straight from where the departments' values lie: what
 * complete.ts says in objects is said here in bytes, compiled once for a permitted shape. A null that must not be takes
 * back what was written of its parents, up to one that may be null.
 */
export class AnswerWriter {
  readonly #root: Site;

  constructor(parts: AnswerParts) {
    this.#root = new Site(parts, [parts.selections], parts.layout, undefined);
  }

  /** Writes the value of `data`. */
  write(root: Row, written: Written, out: Output): void {
    const begin = out.length;
    if (this.#root.object(root, written, out, NOBODY)) return;
    out.length = begin;
    written.collecting?.notes.takeBack(0);
    out.all(NULL);
  }

  /**
   * The places of an answer that {@link write} found faulty. Written once more to find them, so that answers without
   * faults keep no account of where they are.
   */
  faults(root: Row, written: Written): readonly Path[] {
    const found: Path[] = [];
    const tracked = { ...written, collecting: undefined, tracking: { path: [], found } };
    this.#root.object(root, tracked, new Output(), NOBODY);
    return found;
  }
}

interface AnsweredMember extends ValueMember {
  /** `"key":`, with a comma before it for all but the first. */
  readonly key: Word;
  readonly kind: 'constant' | 'introspection' | 'denied' | 'value';
  /** Of `__typename`. */
  readonly constant: Buffer | undefined;
  readonly responseKey: string;
  /** A leaf whose JSON is passed on as it stands wherever there is one. */
  readonly isPlain: boolean;
  /** Its name among the departments' members. */
  readonly name: string;
  readonly at: number;
  readonly type: Nesting;
}

/** What is written of an object of one type. */
interface Shown {
  readonly members: readonly AnsweredMember[];
  /** Undefined where nothing is gathered; `unknown` where it would have to be known of which type the object is. */
  readonly facts: SiteFacts | 'unknown' | undefined;
}

/** One position of the answer: what is selected there, by the type of the object that stands there. */
class Site {
  readonly #parts: AnswerParts;
  readonly #groups: readonly (readonly Selection[])[];
  readonly #layout: Layout;
  /** The static type of the position; undefined for the root. */
  readonly #position: GraphQLCompositeType | undefined;
  readonly #isAbstract: boolean;
  readonly #dependsOnType: boolean;
  /** By type. */
  readonly #shown = new Map<string, Shown>();
  /** Of objects that are shown as no more than the position says, by their own type, where that one matters. */
  readonly #lesser = new Map<string, Shown>();
  /** Of objects of which no department told more than an interface. */
  readonly #unresolved = new Map<string, Shown>();
  /** By what is selected in them: types that select the same share what is inside, or sites would multiply by depth. */
  readonly #inner: Site[] = [];

  constructor(
    parts: AnswerParts,
    groups: readonly (readonly Selection[])[],
    layout: Layout,
    position: GraphQLCompositeType | undefined,
  ) {
    this.#parts = parts;
    this.#groups = groups;
    this.#layout = layout;
    this.#position = position;
    this.#isAbstract = position !== undefined && isAbstractType(position);
    this.#dependsOnType =
      position !== undefined &&
      isAbstractType(position) &&
      groups.some((selections) => dependsOnRuntimeType(selections, position, parts.variables));
  }

  /**
   * Writes an object; false where it must be null instead.
   *
   * @param around whose the object around is
   */
  object(row: Row, written: Written, out: Output, around: Ids): boolean {
    const shown = this.#shownOf(row);
    if (shown === undefined) return fault(written);
    const { tracking, collecting } = written;
    const ids = collecting && shown.facts ? note(row, shown.facts, around, collecting) : around;
    let whole = true;
    const { members } = shown;
    const { bytes, view } = written.arena;
    // A stretch of the arena that has to be copied still: what stands behind it may be the next member, key and all.
    let begin = 0;
    let end = NOWHERE;
    out.byte(OPEN_OBJECT);
    for (let index = 0; index < members.length; index += 1) {
      const member = members[index] as AnsweredMember;
      if (member.isPlain) {
        const from = row[member.at];
        if (typeof from === 'number') {
          const { key } = member;
          if (end === NOWHERE || from - end !== key.length || !key.stands(view, end)) {
            if (end !== NOWHERE) out.copy(bytes, begin, end);
            out.all(key.bytes);
            begin = from;
          }
          end = row[member.at + 1] as number;
          continue;
        }
      }
      if (end !== NOWHERE) out.copy(bytes, begin, end);
      end = NOWHERE;
      const before = tracking?.found.length;
      out.all(member.key.bytes);
      if (this.#member(row, member, written, out, ids)) continue;
      // While faults are looked for, a denial hides none.
      if (!tracking || tracking.found.length !== before) return false;
      whole = false;
    }
    if (end !== NOWHERE) out.copy(bytes, begin, end);
    out.byte(CLOSE_OBJECT);
    return whole;
  }

  #member(row: Row, member: AnsweredMember, written: Written, out: Output, ids: Ids): boolean {
    switch (member.kind) {
      case 'constant':
        if (member.constant === undefined) return false;
        out.all(member.constant);
        return true;
      case 'introspection':
        out.all(written.introspection.get(member.responseKey) ?? NULL);
        return true;
      case 'denied':
        if (!member.type.nullable) return false;
        out.all(NULL);
        return true;
      case 'value': {
        written.tracking?.path.push(member.name);
        const isThere = value(row[member.at], row[member.at + 1], member.type, member, written, out, ids);
        written.tracking?.path.pop();
        return isThere;
      }
    }
  }

  /** Undefined where nothing can be answered of such an object. */
  #shownOf(row: Row): Shown | undefined {
    const { rootType, schema, isKnown, ledger } = this.#parts;
    const position = this.#position;
    if (position === undefined) return this.#ofType(rootType);
    if (!this.#isAbstract) return this.#ofType(position.name);
    const told = typeOf(row);
    const type = schema.getType(told);
    // Of a type that is not there for callers.
    if (!type) return undefined;
    // Not told because nothing that is shown depends on it: any object at this position is answered alike.
    if (!this.#dependsOnType) return ledger ? this.#asPosition(position, told) : this.#ofType(position.name);
    if (!isOfType(schema, told, position.name)) return undefined;
    if (!isObjectType(type)) return remembered(this.#unresolved, told, () => this.#collect(told, undefined));
    if (isKnown(told)) return this.#ofType(told);
    return ledger ? this.#asPosition(position, told) : this.#ofType(position.name);
  }

  #ofType(type: string): Shown {
    // Asked for each object: a function to collect it with would be made each time.
    return this.#shown.get(type) ?? remembered(this.#shown, type, () => this.#collect(type, type));
  }

  #asPosition({ name }: GraphQLCompositeType, told: string): Shown {
    return remembered(this.#lesser, told, () => this.#collect(name, told, name));
  }

  /**
   * @param as the type whose selections are shown
   * @param type the object's own, where it is known
   * @param typename what is shown as such
   */
  #collect(as: string, type: string | undefined, typename = type): Shown {
    const fields = new Map<string, Collected[]>();
    for (const selections of this.#groups) this.#gather(selections, as, objectType(this.#position), fields);
    const facts = this.#factsOf(type, fields);
    return {
      members: [...fields].map(([key, group], order) => this.#compile(key, group, order, typename, facts)),
      facts,
    };
  }

  #factsOf(type: string | undefined, fields: ReadonlyMap<string, readonly Collected[]>): Shown['facts'] {
    const { ledger, decision, schema } = this.#parts;
    if (!ledger) return undefined;
    const position = this.#position;
    if (type === undefined || !isObjectType(schema.getType(type))) {
      return position && ledger.subjects.needsType(position) ? 'unknown' : undefined;
    }
    const shown = [...fields.values()].flatMap((group) => {
      const found = group.find(({ field }) => decision.permitted.has(field) && decision.asked.has(field));
      return found
        ? [{ field: found.field, inner: this.#layout.find(this.#parts.names.of(found.field))?.inner() }]
        : [];
    });
    return new SiteFacts(ledger, type, shown, this.#layout, position === undefined);
  }

  /** @param home the object type that the position, or a fragment around, says the object to be of */
  #gather(
    selections: readonly Selection[],
    type: string,
    home: GraphQLObjectType | undefined,
    fields: Map<string, Collected[]>,
  ): void {
    const { schema, variables, decision } = this.#parts;
    for (const selection of selections) {
      if (!isIncluded(selection.conditions, variables)) continue;
      if (selection.kind === 'field') {
        const group = fields.get(selection.responseKey);
        if (group) group.push({ field: selection, home });
        else fields.set(selection.responseKey, [{ field: selection, home }]);
        // A fragment whose type is denied contributes nothing (AUTHORIZATION §1.6).
      } else if (isOfType(schema, type, selection.type.name) && !decision.deniedFragments.has(selection)) {
        this.#gather(selection.selections, type, home ?? objectType(selection.type), fields);
      }
    }
  }

  #compile(
    responseKey: string,
    group: readonly Collected[],
    order: number,
    typename: string | undefined,
    facts: Shown['facts'],
  ): AnsweredMember {
    const { decision, names } = this.#parts;
    const [head] = group;
    if (!head) throw new TypeError('a response key without a field');
    const { field: first } = head;
    const key = wordOf(`${order === 0 ? '' : ','}${JSON.stringify(responseKey)}:`);
    const permitted = group.flatMap(({ field }) => (decision.permitted.has(field) ? [field] : []));
    const found = group.find(({ field }) => decision.permitted.has(field) && decision.asked.has(field));
    const of = promised(found ?? head);
    // One literal for all of them: objects that others are spread into have shapes of their own, and whoever reads a member
    // of any answer would have to look for where it stands.
    const member = (kind: AnsweredMember['kind'], more: Partial<AnsweredMember> = {}): AnsweredMember => ({
      key,
      kind,
      constant: more.constant,
      responseKey,
      isPlain: more.isPlain ?? false,
      name: more.name ?? first.name,
      at: more.at ?? NOWHERE,
      type: nestingOf(of),
      site: more.site,
      visible: more.visible,
      arrival: more.arrival,
    });
    if (first.name === TYPENAME) {
      // `__typename` is never null, so where it is denied (a guarded Query) nothing is left of its object.
      if (permitted.length === 0) return member('denied');
      if (typename === undefined) return member('value');
      return member('constant', { constant: Buffer.from(JSON.stringify(typename)) });
    }
    if (this.#position === undefined && first.name.startsWith('__')) return member('introspection');
    if (!found) return member('denied');
    const { field: asked } = found;
    const name = names.of(asked);
    const slot = this.#layout.find(name);
    const site = slot && !asked.leaf ? this.#site(permitted, slot.inner(), of) : undefined;
    const visible = visibleValues(getNamedType(of), this.#parts.supergraphSchema);
    const arrival = facts === 'unknown' ? undefined : facts?.arrivalOf(asked);
    const isPlain = slot !== undefined && asked.leaf && visible === undefined && arrival === undefined;
    const at = slot?.at ?? NOWHERE;
    return member('value', { isPlain, name, at, site, visible, arrival });
  }

  #site(fields: readonly FieldSelection[], layout: Layout, type: GraphQLOutputType): Site {
    const groups = fields.map(({ selections }) => selections);
    const position = getNamedType(type) as GraphQLCompositeType;
    const known = this.#inner.find((site) => site.#isOf(groups, layout, position));
    if (known) return known;
    const site = new Site(this.#parts, groups, layout, position);
    this.#inner.push(site);
    return site;
  }

  #isOf(groups: readonly (readonly Selection[])[], layout: Layout, position: GraphQLCompositeType): boolean {
    return (
      this.#layout === layout &&
      this.#position === position &&
      this.#groups.length === groups.length &&
      groups.every((each, index) => each === this.#groups[index])
    );
  }
}

/** @returns whose the object is */
const note = (row: Row, facts: SiteFacts | 'unknown', around: Ids, collecting: Collecting): Ids => {
  if (facts === 'unknown') return noteUnknown(collecting);
  const ids = facts.idsOf(row, around, collecting);
  facts.note(ids, around, collecting);
  return ids;
};

/** Of a member that no row holds, and of the end of no stretch. */
const NOWHERE = -1;

const remembered = <T>(memory: Map<string, T>, key: string, make: () => T): T => {
  let known = memory.get(key);
  if (known === undefined) {
    known = make();
    memory.set(key, known);
  }
  return known;
};

const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
