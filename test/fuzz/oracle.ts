import {
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  getOperationAST,
  getVariableValues,
  isAbstractType,
  isInterfaceType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type SelectionSetNode,
  TypeNameMetaFieldDef,
  visit,
} from 'graphql';

import type { Concerns } from './concerns.ts';
import type { ObjectSeen, Whose } from './whose.ts';
import type { Run } from './world.ts';
import type { Caller, Way, WrittenRules } from './written-rules.ts';

export interface Asked {
  readonly document: DocumentNode;
  readonly operationName: string | null;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly caller: Caller;
}

/** What the contract says the gateway must answer. */
export interface Expected {
  /** Absent where a write was refused. */
  readonly data?: unknown;
  /** `affectedPath coordinate`, sorted, each once. */
  readonly denied: readonly string[];
  /** Coordinates that departments may be asked for because the caller has them: `Type.field`, objects only. */
  readonly asked: ReadonlySet<string>;
}

/** One selection of a field, with the static type of its position. */
interface Occurrence {
  readonly node: FieldNode;
  readonly on: string;
  /** The object type that the operation says its object to be of. */
  readonly home: string | undefined;
  /** The fields around it. */
  readonly way: Way;
}

/** The member by which the oracle learns runtime types; no generated operation uses it. */
const TYPE = 'oracle__type';

class Climb extends Error {}

/**
 * What AUTHORIZATION §1–2 demand, found the other way round: a monolith answers the client's document in full, every
 * field, permitted or not; then what the caller may not have is taken out of that answer.
 */
export const expected = async (
  asked: Asked,
  schema: GraphQLSchema,
  rules: WrittenRules,
  monolith: Run,
): Promise<Expected> => {
  const operation = getOperationAST(asked.document, asked.operationName);
  const rootType = operation && schema.getRootType(operation.operation);
  if (!operation || !rootType) throw new TypeError('no such operation');
  const pass = new Pass(asked, schema, rules);
  const root = { set: operation.selectionSet, on: rootType.name, home: rootType.name, way: [] };
  const all = pass.denials(root, '');
  const denied = [...new Set(all)].sort();
  if (operation.operation === 'mutation' && denied.length > 0) return { denied, asked: new Set() };

  const full = await monolith(withTypes(asked.document), asked.variables, asked.operationName);
  if (full.errors?.[0]) throw full.errors[0];
  let data: unknown = null;
  try {
    data = pass.object(full.data, rootType.name, [root]);
  } catch (error) {
    if (!(error instanceof Climb)) throw error;
  }
  return { data, denied, asked: pass.coordinates(root) };
};

export interface ExpectedDisclosure {
  /** `person coordinate`. */
  readonly pairs: ReadonlySet<string>;
  readonly coordinates: ReadonlySet<string>;
}

/**
 * Whose data an answer discloses, as a monolith knows it that has its people in view.
 *
 * @param data what is shown of the full answer; absent where nothing is
 */
export const expectedDisclosure = (
  asked: Asked,
  schema: GraphQLSchema,
  rules: WrittenRules,
  { concerns, whose, data }: { readonly concerns: Concerns; readonly whose: Whose; readonly data: unknown },
): ExpectedDisclosure => {
  const operation = getOperationAST(asked.document, asked.operationName);
  const rootType = operation && schema.getRootType(operation.operation);
  if (!operation || !rootType) throw new TypeError('no such operation');
  const root = { set: operation.selectionSet, on: rootType.name, home: rootType.name, way: [] };
  return new Pass(asked, schema, rules).disclosure(root, concerns, whose, data);
};

const withTypes = (document: DocumentNode): DocumentNode =>
  visit(document, {
    SelectionSet: (node) => ({
      ...node,
      selections: [
        ...node.selections,
        { kind: Kind.FIELD, alias: { kind: Kind.NAME, value: TYPE }, name: { kind: Kind.NAME, value: '__typename' } },
      ],
    }),
  });

type Shown = Readonly<Record<string, unknown>>;
type Seen = Pick<ObjectSeen, 'type' | 'whose' | 'around'>;

interface Scope {
  readonly set: SelectionSetNode;
  readonly on: string;
  /** The object type that the operation says the object to be of, by the position or by a fragment around. */
  readonly home: string | undefined;
  readonly way: Way;
}

class Pass {
  readonly #schema: GraphQLSchema;
  readonly #rules: WrittenRules;
  readonly #caller: Caller;
  readonly #values: Readonly<Record<string, unknown>>;
  readonly #fragments = new Map<string, FragmentDefinitionNode>();

  constructor({ document, operationName, variables, caller }: Asked, schema: GraphQLSchema, rules: WrittenRules) {
    this.#schema = schema;
    this.#rules = rules;
    this.#caller = caller;
    const operation = getOperationAST(document, operationName);
    const { coerced, errors } = getVariableValues(schema, operation?.variableDefinitions ?? [], variables);
    if (errors?.[0]) throw errors[0];
    this.#values = coerced ?? {};
    for (const node of document.definitions) {
      if (node.kind === Kind.FRAGMENT_DEFINITION) this.#fragments.set(node.name.value, node);
    }
  }

  /** Every denied place, as the answer names it. */
  denials(scope: Scope, path: string): string[] {
    const { set, on, home, way } = scope;
    return this.#included(set).flatMap((selection) => {
      if (selection.kind === Kind.FIELD) {
        const here = [path, keyOf(selection)].filter(Boolean).join('.');
        const occurrence = { node: selection, on, home, way };
        if (!this.#permits(occurrence)) return [`${here} ${on}.${selection.name.value}`];
        const lists = this.#typeOf(occurrence).toString().replaceAll(/[^[]/g, '').length;
        return this.#below(occurrence).flatMap((below) => this.denials(below, here + '.@'.repeat(lists)));
      }
      const entered = this.#entered(selection, scope);
      if (this.#enters(entered)) return this.denials(entered, path);
      return [`${[path, `(${entered.on})`].filter(Boolean).join('.')} ${entered.on}`];
    });
  }

  /** Coordinates of what is left, on every object that a position may hold. */
  coordinates(root: Scope): Set<string> {
    const found = new Set<string>();
    const walk = (scope: Scope) => {
      for (const occurrence of this.#flat(scope)) {
        if (!this.#permits(occurrence) || !this.#remains(occurrence)) continue;
        const { node, on } = occurrence;
        for (const object of this.#objectsOf(on)) found.add(`${object}.${node.name.value}`);
        this.#below(occurrence).forEach(walk);
      }
    };
    walk(root);
    return found;
  }

  /** The object cut down to what its selections, judged each by itself, may show. */
  object(full: unknown, type: string, scopes: readonly Scope[]): object {
    const source = full as Record<string, unknown>;
    const shown: Record<string, unknown> = Object.create(null);
    for (const [key, occurrences] of this.#members(scopes, type)) shown[key] = this.#member(source[key], occurrences);
    return shown;
  }

  disclosure(root: Scope, concerns: Concerns, whose: Whose, data: unknown): ExpectedDisclosure {
    const pairs = new Set<string>();
    const coordinates = new Set<string>();
    const note = (people: readonly string[], coordinate: string) => {
      coordinates.add(coordinate);
      for (const person of people) pairs.add(`${person} ${coordinate}`);
    };
    const enter = (shown: unknown, place: string, scopes: readonly Scope[], seen: Seen) => {
      for (const [key, occurrences] of this.#members(scopes, seen.type)) {
        const permitted = occurrences.filter((each) => this.#permits(each));
        const name = permitted.find((each) => this.#remains(each))?.node.name.value;
        if (name === undefined) continue;
        const here = place === '' ? key : `${place}.${key}`;
        const coordinate = `${seen.type}.${name}`;
        const concern = concerns.fields.get(coordinate);
        if (this.#rules.guards(seen.type, name)) {
          const named = concern?.named ? (whose.named.get(here) ?? []) : [];
          // Whom a root field names is known before anything is answered.
          if (place === '' && concern?.named) note(named, coordinate);
          if (shown !== null && !concern) note(seen.whose, coordinate);
          if (shown !== null && concern) {
            note([...named, ...(concern.around ? seen.around : [])], coordinate);
            if (concern.led) for (const { own } of led((shown as Shown)[key], here)) note(own, coordinate);
          }
        }
        const below = permitted.flatMap((each) => this.#below(each));
        for (const { value, place: inside, ...object } of shown === null ? [] : led((shown as Shown)[key], here)) {
          enter(value, inside, below, object);
        }
      }
    };
    const led = (value: unknown, place: string): (ObjectSeen & { value: unknown; place: string })[] => {
      if (Array.isArray(value)) return value.flatMap((item, index) => led(item, `${place}.${index}`));
      const seen = typeof value === 'object' && value !== null ? whose.objects.get(place) : undefined;
      return seen ? [{ ...seen, value, place }] : [];
    };
    enter(data ?? null, '', [root], { type: root.on, whose: [], around: [] });
    return { pairs, coordinates };
  }

  #members(scopes: readonly Scope[], type: string): Map<string, Occurrence[]> {
    const members = new Map<string, Occurrence[]>();
    for (const scope of scopes) {
      for (const occurrence of this.#flat(scope, type)) {
        const key = keyOf(occurrence.node);
        members.set(key, [...(members.get(key) ?? []), occurrence]);
      }
    }
    return members;
  }

  #member(full: unknown, occurrences: readonly Occurrence[]): unknown {
    const [first] = occurrences;
    if (!first) throw new TypeError('a member without a selection');
    const permitted = occurrences.filter((each) => this.#permits(each));
    // Denied, or left empty: nobody looked whether there is something, so there is nothing to show.
    const value = permitted.some((each) => this.#remains(each)) ? full : null;
    const shown = permitted.find((each) => this.#remains(each)) ?? first;
    return this.#value(value, this.#typeOf({ ...shown, on: shown.home ?? shown.on }), permitted);
  }

  #value(full: unknown, type: GraphQLOutputType, occurrences: readonly Occurrence[]): unknown {
    if (isNonNullType(type)) {
      const value = this.#value(full, type.ofType, occurrences);
      if (value === null) throw new Climb();
      return value;
    }
    if (full === null || full === undefined) return null;
    try {
      if (isListType(type)) return (full as unknown[]).map((item) => this.#value(item, type.ofType, occurrences));
      if (isLeafType(type)) return full;
      const runtimeType = String((full as Record<string, unknown>)[TYPE]);
      const scopes = occurrences.flatMap((occurrence) => this.#below(occurrence));
      return this.object(full, runtimeType, scopes);
    } catch (error) {
      if (error instanceof Climb) return null;
      throw error;
    }
  }

  /** Fields of a selection set through its fragments, the denied ones left out; for one runtime type, or for any. */
  *#flat(scope: Scope, runtimeType?: string): Generator<Occurrence> {
    const { set, on, home, way } = scope;
    for (const selection of this.#included(set)) {
      if (selection.kind === Kind.FIELD) yield { node: selection, on, home, way };
      else {
        const entered = this.#entered(selection, scope);
        if (!this.#enters(entered)) continue;
        if (runtimeType === undefined || this.#objectsOf(entered.on).includes(runtimeType)) {
          yield* this.#flat(entered, runtimeType);
        }
      }
    }
  }

  /** Whether anything of a permitted field is left to ask for, or the client asked for nothing in it. */
  #remains(occurrence: Occurrence): boolean {
    const [below] = this.#below(occurrence);
    if (!below) return true;
    for (const each of this.#flat(below)) {
      if (this.#permits(each) && this.#remains(each)) return true;
    }
    return this.denials(below, '').length === 0;
  }

  #permits(occurrence: Occurrence): boolean {
    const home = this.#rules.atHome(this.#wayThrough(occurrence));
    return this.#rules.permits(this.#caller, occurrence.on, occurrence.node.name.value, home);
  }

  #enters({ on, way }: Scope): boolean {
    return this.#rules.enters(this.#caller, on, this.#rules.atHome(way));
  }

  /** What is selected in a field; nothing in a leaf. */
  #below(occurrence: Occurrence): Scope[] {
    const { selectionSet } = occurrence.node;
    if (!selectionSet) return [];
    const on = getNamedType(this.#typeOf(occurrence)).name;
    return [{ set: selectionSet, on, home: this.#objectNamed(on), way: this.#wayThrough(occurrence) }];
  }

  #wayThrough(occurrence: Occurrence): Way {
    const { node, on, way } = occurrence;
    return [...way, { from: on, field: node.name.value, to: getNamedType(this.#typeOf(occurrence)).name }];
  }

  #entered(selection: Exclude<SelectionSetNode['selections'][number], FieldNode>, scope: Scope): Scope {
    const { on, way } = scope;
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      const entered = selection.typeCondition?.name.value ?? on;
      return { set: selection.selectionSet, on: entered, home: scope.home ?? this.#objectNamed(entered), way };
    }
    const fragment = this.#fragments.get(selection.name.value);
    if (!fragment) throw new TypeError(`no fragment ${selection.name.value}`);
    const entered = fragment.typeCondition.name.value;
    return { set: fragment.selectionSet, on: entered, home: scope.home ?? this.#objectNamed(entered), way };
  }

  #included(set: SelectionSetNode) {
    return set.selections.filter(({ directives }) => {
      const holds = (name: string) =>
        directives?.filter((each) => each.name.value === name).map((each) => this.#if(each));
      return !holds('skip')?.includes(true) && !holds('include')?.includes(false);
    });
  }

  #if({ arguments: given }: DirectiveNode): boolean {
    const value = given?.[0]?.value;
    return value?.kind === Kind.VARIABLE
      ? this.#values[value.name.value] === true
      : value?.kind === Kind.BOOLEAN && value.value;
  }

  #objectsOf(name: string): string[] {
    const type = this.#schema.getType(name);
    return isAbstractType(type) ? this.#schema.getPossibleTypes(type).map((each) => each.name) : [name];
  }

  #objectNamed(name: string): string | undefined {
    return isObjectType(this.#schema.getType(name)) ? name : undefined;
  }

  #typeOf({ node, on }: Pick<Occurrence, 'node' | 'on'>): GraphQLOutputType {
    if (node.name.value === '__typename') return TypeNameMetaFieldDef.type;
    const type = this.#schema.getType(on);
    const field = isObjectType(type) || isInterfaceType(type) ? type.getFields()[node.name.value] : undefined;
    if (!field) throw new TypeError(`no field ${on}.${node.name.value}`);
    return field.type;
  }
}

const keyOf = (node: FieldNode): string => node.alias?.value ?? node.name.value;
