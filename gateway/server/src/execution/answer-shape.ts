import {
  type FieldNode,
  type GraphQLCompositeType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  isAbstractType,
  isCompositeType,
  isListType,
  isNonNullType,
  isObjectType,
  isUnionType,
  Kind,
  parse,
  type SelectionSetNode,
} from 'graphql';

import { isLeafValue } from './leaf-value.ts';

/** Where an answer is not what was asked for, as a GraphQL path within that answer. */
export type FaultPath = readonly (string | number)[];

type JsonObject = Readonly<Record<string, unknown>>;

export interface ShapedAnswer {
  /** What was asked for and nothing else; undefined where nothing of the answer can be used. */
  readonly data: JsonObject | undefined;
  /** One path for each place of the document that was answered wrongly, the first item standing for all of a list. */
  readonly faults: readonly FaultPath[];
}

/** A selected member of an object, all selections under its response key merged. */
interface Member {
  readonly name: string;
  readonly type: GraphQLOutputType | undefined;
  readonly place: Place;
}

/** One position of the document: what is selected there, by the runtime type of the object that stands there. */
interface Place {
  readonly sets: readonly SelectionSetNode[];
  readonly members: Map<string, ReadonlyMap<string, Member>>;
}

interface Asked {
  readonly root: Place;
  readonly rootType: GraphQLObjectType;
}

const ENTITIES = '_entities';
const TYPENAME = '__typename';
/** Paths reported of one answer; a department that errs everywhere need not fill the caller's answer. */
const MAX_FAULTS = 20;
/** Characters of the texts remembered: a literal of the caller's may be a quarter of a million of them. */
const REMEMBERED = 2 * 1_024 * 1_024;
/** Longer texts are not repeated by many. */
const LONGEST = REMEMBERED / 64;

/**
 * Holds departments to their word: an answer is cut to the selection it was asked for, and what is of another shape is
 * null with a fault. The planner's executor trusts shapes; a list in an object's place makes it throw and lose what all
 * other departments answered, and a member nobody asked for would be merged over theirs.
 */
export class AnswerShape {
  readonly #schema: GraphQLSchema;
  /** By text, the oldest forgotten first: plans repeat their texts. */
  readonly #asked = new Map<string, Asked>();
  #characters = 0;

  /** @param schema the whole supergraph: inaccessible fields are fetched too */
  constructor(schema: GraphQLSchema) {
    this.#schema = schema;
  }

  /**
   * @param query what the department was asked
   * @param representations the types of the entities that were asked for, in their order
   */
  check(query: string, data: unknown, representations: readonly string[]): ShapedAnswer {
    const { root, rootType } = this.#read(query);
    if (!isPlainObject(data)) return { data: undefined, faults: [[]] };
    const walk = new Walk(this.#schema, representations);
    const shaped = walk.members(data, root, rootType, known(rootType.name), []);
    const unusable = ENTITIES in shaped && shaped[ENTITIES] === null;
    return { data: unusable ? undefined : shaped, faults: walk.faults };
  }

  #read(query: string): Asked {
    const remembered = this.#asked.get(query);
    if (remembered) return remembered;
    const operation = parse(query, { noLocation: true }).definitions.find(
      (definition) => definition.kind === Kind.OPERATION_DEFINITION,
    );
    const rootType = operation && this.#schema.getRootType(operation.operation);
    if (!operation || !rootType) throw new TypeError('a department was asked for no operation of this supergraph');
    const asked = { root: placeOf([operation.selectionSet]), rootType };
    if (query.length > LONGEST) return asked;
    this.#asked.set(query, asked);
    this.#characters += query.length;
    for (const oldest of this.#asked.keys()) {
      if (this.#characters <= REMEMBERED) break;
      this.#asked.delete(oldest);
      this.#characters -= oldest.length;
    }
    return asked;
  }
}

/** What is known of the type of an object: its name as told, and the object type, where that is one. */
interface Runtime {
  readonly told: string | undefined;
  readonly type: string | undefined;
}

/** One answer on its way through one document. */
class Walk {
  readonly #schema: GraphQLSchema;
  readonly #representations: readonly string[];
  readonly #faults = new Map<string, FaultPath>();

  constructor(schema: GraphQLSchema, representations: readonly string[]) {
    this.#schema = schema;
    this.#representations = representations;
  }

  get faults(): readonly FaultPath[] {
    return [...this.#faults.values()];
  }

  members(object: JsonObject, place: Place, type: GraphQLCompositeType, runtime: Runtime, path: FaultPath): JsonObject {
    const result: Record<string, unknown> = Object.create(null);
    for (const [key, member] of this.#selected(place, type, runtime.type)) {
      const value = Object.hasOwn(object, key) ? object[key] : undefined;
      const here = [...path, key];
      if (member.name === ENTITIES) result[key] = this.#entities(value, member.place, here);
      else if (member.name === TYPENAME) result[key] = runtime.told;
      else if (value !== undefined && member.type) result[key] = this.#value(value, member.type, member.place, here);
      // Of an object of unknown type, only what is there can be judged.
      else if (runtime.type !== undefined) result[key] = this.#fault(here);
    }
    return result;
  }

  /** Entities belong to representations by their position alone: of a list of another length nothing can be used. */
  #entities(value: unknown, place: Place, path: FaultPath): unknown {
    if (!Array.isArray(value) || value.length !== this.#representations.length) return this.#fault(path);
    return value.map((entity: unknown, index) => {
      if (entity === null) return null;
      const type = this.#schema.getType(this.#representations[index] ?? '');
      return isCompositeType(type) ? this.#object(entity, type, place, [...path, index]) : this.#fault(path);
    });
  }

  #value(value: unknown, type: GraphQLOutputType, place: Place, path: FaultPath): unknown {
    if (isNonNullType(type)) return value === null ? this.#fault(path) : this.#value(value, type.ofType, place, path);
    if (value === null) return null;
    if (isListType(type)) {
      if (!Array.isArray(value)) return this.#fault(path);
      return value.map((item: unknown, index) => this.#value(item, type.ofType, place, [...path, index]));
    }
    if (isCompositeType(type)) return this.#object(value, type, place, path);
    return isLeafValue(value, type) ? value : this.#fault(path);
  }

  #object(value: unknown, type: GraphQLCompositeType, place: Place, path: FaultPath): unknown {
    const runtime = isPlainObject(value) ? this.#runtime(value, type, place) : undefined;
    return isPlainObject(value) && runtime ? this.members(value, place, type, runtime, path) : this.#fault(path);
  }

  /** Undefined where the object is of a type that cannot stand here, or does not tell one that it was asked for. */
  #runtime(object: JsonObject, type: GraphQLCompositeType, place: Place): Runtime | undefined {
    const { always, sometimes } = typenames(place);
    const read = (key: string): unknown => (Object.hasOwn(object, key) ? object[key] : undefined);
    const names = new Set([...always.map(read), ...sometimes.map(read).filter((name) => name !== undefined)]);
    const [told] = names;
    if (names.size > 1 || (names.size === 1 && typeof told !== 'string')) return undefined;
    if (isObjectType(type)) return told === undefined || told === type.name ? known(type.name) : undefined;
    // An @interfaceObject: the department knows the interface alone.
    if (typeof told !== 'string' || told === type.name) return { told: type.name, type: undefined };
    const candidate = this.#schema.getType(told);
    return isObjectType(candidate) && this.#schema.isSubType(type, candidate) ? known(told) : undefined;
  }

  #selected(place: Place, type: GraphQLCompositeType, runtimeType: string | undefined): ReadonlyMap<string, Member> {
    const memory = runtimeType ?? `? ${type.name}`;
    let members = place.members.get(memory);
    if (!members) {
      members = this.#collect(place, type, runtimeType);
      place.members.set(memory, members);
    }
    return members;
  }

  #collect(place: Place, type: GraphQLCompositeType, runtimeType: string | undefined): ReadonlyMap<string, Member> {
    const nodes = new Map<string, { readonly field: FieldNode; readonly parent: GraphQLCompositeType }[]>();
    const walk = (set: SelectionSetNode, parent: GraphQLCompositeType): void => {
      for (const selection of set.selections) {
        if (selection.kind === Kind.FIELD) {
          const key = selection.alias?.value ?? selection.name.value;
          nodes.set(key, [...(nodes.get(key) ?? []), { field: selection, parent }]);
        } else if (selection.kind === Kind.INLINE_FRAGMENT) {
          const condition = selection.typeCondition && this.#schema.getType(selection.typeCondition.name.value);
          const inner = isCompositeType(condition) ? condition : parent;
          if (this.#applies(inner, runtimeType)) walk(selection.selectionSet, inner);
        }
      }
    };
    for (const set of place.sets) walk(set, type);
    return new Map(
      [...nodes].map(([key, found]) => {
        const sets = found.flatMap(({ field }) => field.selectionSet ?? []);
        const [first] = found;
        const name = first?.field.name.value ?? key;
        return [key, { name, type: first && this.#fieldType(first.parent, runtimeType, name), place: placeOf(sets) }];
      }),
    );
  }

  /**
   * A department may know a position by a narrower type than the whole supergraph does (an object where that has a union),
   * and plans then select the narrower type's fields there without a fragment.
   */
  #fieldType(
    parent: GraphQLCompositeType,
    runtimeType: string | undefined,
    name: string,
  ): GraphQLOutputType | undefined {
    const narrower = isAbstractType(parent)
      ? this.#schema.getPossibleTypes(parent).filter((type) => runtimeType === undefined || type.name === runtimeType)
      : [];
    for (const type of [parent, ...narrower]) {
      const found = fieldType(type, name);
      if (found) return found;
    }
    return undefined;
  }

  #applies(condition: GraphQLCompositeType, runtimeType: string | undefined): boolean {
    if (runtimeType === undefined || condition.name === runtimeType) return true;
    const object = this.#schema.getType(runtimeType);
    return isAbstractType(condition) && isObjectType(object) && this.#schema.isSubType(condition, object);
  }

  #fault(path: FaultPath): null {
    const everyItem = path.map((key) => (typeof key === 'number' ? '@' : key)).join('.');
    if (this.#faults.size < MAX_FAULTS && !this.#faults.has(everyItem)) this.#faults.set(everyItem, path);
    return null;
  }
}

const placeOf = (sets: readonly SelectionSetNode[]): Place => ({ sets, members: new Map() });

const known = (type: string): Runtime => ({ told: type, type });

/** The response keys under which a place asks for the runtime type: of every object, or of those of some type. */
const typenames = (place: Place): { readonly always: readonly string[]; readonly sometimes: readonly string[] } => {
  const always = new Set<string>();
  const sometimes = new Set<string>();
  const walk = (set: SelectionSetNode, keys: Set<string>): void => {
    for (const selection of set.selections) {
      if (selection.kind === Kind.INLINE_FRAGMENT) {
        walk(selection.selectionSet, selection.typeCondition ? sometimes : keys);
      } else if (selection.kind === Kind.FIELD && selection.name.value === TYPENAME) {
        keys.add(selection.alias?.value ?? TYPENAME);
      }
    }
  };
  for (const set of place.sets) walk(set, always);
  return { always: [...always], sometimes: [...sometimes] };
};

const fieldType = (parent: GraphQLCompositeType, name: string): GraphQLOutputType | undefined => {
  if (isUnionType(parent)) return undefined;
  const fields = parent.getFields();
  return Object.hasOwn(fields, name) ? fields[name]?.type : undefined;
};

const isPlainObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
