import {
  type FieldNode,
  type GraphQLCompositeType,
  type GraphQLEnumType,
  type GraphQLInterfaceType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type SelectionSetNode,
} from 'graphql';

import { TYPENAME } from '../../operation/runtime-type.ts';
import type { Layout, Row, Slot } from './layout.ts';
import { isOfType } from './of-type.ts';
import type { Rename } from './renames.ts';
import { Unsupported } from './unsupported.ts';
import { type Word, wordOf } from './word.ts';

/** How the JSON of a value has to look, and where what it holds goes. */
export type Shape = LeafShape | ListShape | ObjectShape;

export interface LeafShape {
  readonly kind: 'leaf';
  readonly nullable: boolean;
  readonly leaf: 'string' | 'id' | 'int' | 'float' | 'boolean' | 'enum' | 'any';
  /** Of an enum, as they are told. */
  readonly values: readonly Word[] | undefined;
}

export interface ListShape {
  readonly kind: 'list';
  readonly nullable: boolean;
  readonly item: Shape;
  /** Whether its innermost items are leaves: it is then kept as one piece of JSON. */
  readonly ofLeaves: boolean;
}

export interface ObjectShape {
  readonly kind: 'object';
  readonly nullable: boolean;
  readonly type: GraphQLCompositeType;
  readonly isAbstract: boolean;
  readonly place: Place;
}

export interface Member {
  readonly name: string;
  /** `"name":` as libraries write it, without white space. */
  readonly key: Word;
  /** Its order among the members of its object. */
  readonly order: number;
  /** The first of its cells in a row; -1 for `__typename`, which is the row's own first cell. */
  readonly at: number;
  readonly shape: Shape;
}

/** What an object of one runtime type has to hold at one place, in the order in which it was asked for. */
export class Expected {
  readonly type: string;
  /** As it is told. */
  readonly quotedType: Word;
  readonly members: readonly Member[];
  /**
   * Whether the type has everything that is asked. A department that knows a position by a narrower type is asked for that
   * type's fields without a fragment: of the others it answers none.
   */
  readonly isPossible: boolean;
  /** Whether what is inside its members is known to be understood. */
  isPrepared = false;
  #byName: ReadonlyMap<string, Member> | undefined;
  #blank: Row | undefined;
  /** Where rows stay that are read, and others tell more of them. */
  readonly #layout: Layout | undefined;

  /** @param layout undefined where what is read is put into other rows */
  constructor(type: string, members: readonly Member[], isPossible: boolean, layout: Layout | undefined) {
    this.type = type;
    this.quotedType = wordOf(JSON.stringify(type));
    this.members = members;
    this.isPossible = isPossible;
    this.#layout = layout;
  }

  /** A row of which nothing is told but its type: to copy one costs less than to let one grow. */
  blank(): Row {
    this.#blank ??= this.#newBlank();
    return this.#blank.slice();
  }

  /** With room for all that will be told where that is known: the layout is whole before the first request. */
  #newBlank(): Row {
    const cells = this.#layout?.cells ?? this.members.reduce((most, { at }) => Math.max(most, at + 2), 1);
    return Array.from({ length: cells }, (_, index) => (index === 0 ? this.type : undefined));
  }

  /** Looked up where members come in another order than they were asked in, which few departments do. */
  member(name: string): Member | undefined {
    this.#byName ??= new Map(this.members.map((member) => [member.name, member]));
    return this.#byName.get(name);
  }
}

const INT_LIKE: Readonly<Record<string, Exclude<LeafShape['leaf'], 'enum'>>> = {
  String: 'string',
  ID: 'id',
  Int: 'int',
  Float: 'float',
  Boolean: 'boolean',
};

/** One position of a document that a department is asked, all selections under its response key merged. */
export class Place {
  readonly schema: GraphQLSchema;
  readonly layout: Layout;
  #sets: readonly SelectionSetNode[];
  #renames: readonly Rename[];
  /** By type. Most positions know one: none of the containers of a place is made before it is needed, they are its weight. */
  #only: Expected | undefined;
  #others: Map<string, Expected> | undefined;
  /** By what is selected in them: types that select the same share what is inside, or places would multiply by depth. */
  #inner: { readonly slot: Slot; readonly place: Place }[] = [];
  #tellsType: Map<string, boolean> | undefined;

  /** Whether its rows are those of the answer, and not put into them. */
  readonly #stays: boolean;

  /**
   * @param renames members that are put elsewhere than under the name by which they come
   * @param stays see above; what a whole call is about is put into rows that are there
   */
  constructor(
    schema: GraphQLSchema,
    layout: Layout,
    sets: readonly SelectionSetNode[],
    renames: readonly Rename[] = [],
    stays = false,
  ) {
    this.#stays = stays;
    this.schema = schema;
    this.layout = layout;
    this.#sets = sets;
    this.#renames = renames;
  }

  /**
   * Finds out before the first request whether everything that can come here is understood.
   *
   * @throws Unsupported
   */
  prepare(type: GraphQLCompositeType): void {
    for (const name of this.#typesOf(type)) {
      const expected = this.expected(name);
      if (expected.isPrepared) continue;
      expected.isPrepared = true;
      for (const { shape } of expected.members) prepareInner(shape);
    }
  }

  /** Lets go of the documents, once everything is prepared: they are most of its weight. No other type can come then. */
  seal(): void {
    if (this.#sets.length === 0) return;
    this.#sets = [];
    this.#renames = [];
    for (const { place } of this.#inner) place.seal();
    this.#inner = [];
  }

  /** Whether every object here tells its type that is of this one, or of one of those that it stands for. */
  tellsType(of: string): boolean {
    this.#tellsType ??= new Map();
    let tells = this.#tellsType.get(of);
    if (tells === undefined) {
      tells = this.#sets.some((set) => selectsTypename(set, of, this.schema));
      this.#tellsType.set(of, tells);
    }
    return tells;
  }

  /** At an `@interfaceObject` departments know, and tell, no more than the interface. */
  #typesOf(type: GraphQLCompositeType): readonly string[] {
    if (!isAbstractType(type) || !this.tellsType(type.name)) return [type.name];
    const own = isInterfaceType(type) ? [type.name] : [];
    return [...own, ...this.schema.getPossibleTypes(type).map(({ name }) => name)];
  }

  /** @param typeName an object type; or an interface, at a position where no type is told */
  expected(typeName: string): Expected {
    if (this.#only === undefined) {
      this.#only = this.#collect(typeName);
      return this.#only;
    }
    if (this.#only.type === typeName) return this.#only;
    this.#others ??= new Map();
    let expected = this.#others.get(typeName);
    if (!expected) {
      expected = this.#collect(typeName);
      this.#others.set(typeName, expected);
    }
    return expected;
  }

  #collect(typeName: string): Expected {
    if (this.#sets.length === 0) throw new TypeError(`«${typeName}» at a place that is not prepared for it`);
    const object = this.schema.getType(typeName);
    if (!isObjectType(object) && !isInterfaceType(object)) throw new Unsupported(`«${typeName}» is no object`);
    const nodes = new Map<string, FieldNode[]>();
    for (const set of this.#sets) this.#fields(set, object, nodes);
    const known = [...nodes].filter(([, [first]]) => first && isFieldOf(first.name.value, object));
    const isPossible = known.length === nodes.size;
    if (!isPossible && !this.tellsType(typeName)) throw new Unsupported(`a field that «${typeName}» does not have`);
    const members = known.map(([name, fields], order): Member => this.#member(name, fields, object, order));
    return new Expected(typeName, members, isPossible, this.#stays ? this.layout : undefined);
  }

  #fields(
    set: SelectionSetNode,
    object: GraphQLObjectType | GraphQLInterfaceType,
    nodes: Map<string, FieldNode[]>,
  ): void {
    for (const selection of set.selections) {
      if (selection.directives?.length) throw new Unsupported('a directive');
      switch (selection.kind) {
        case Kind.FRAGMENT_SPREAD:
          throw new Unsupported('a named fragment');
        case Kind.INLINE_FRAGMENT: {
          const condition = selection.typeCondition?.name.value;
          if (condition === undefined || isOfType(this.schema, object.name, condition)) {
            this.#fields(selection.selectionSet, object, nodes);
            // An object that tells the interface's name is of no type that a department knows more of.
          } else if (!isObjectType(object) && !this.tellsType(object.name))
            throw new Unsupported('a fragment where no type is told');
          break;
        }
        case Kind.FIELD: {
          const name = selection.alias?.value ?? selection.name.value;
          const fields = nodes.get(name);
          if (fields) fields.push(selection);
          else nodes.set(name, [selection]);
        }
      }
    }
  }

  #member(
    name: string,
    fields: readonly FieldNode[],
    object: GraphQLObjectType | GraphQLInterfaceType,
    order: number,
  ): Member {
    const key = wordOf(`${JSON.stringify(name)}:`);
    const [first] = fields;
    if (!first) throw new TypeError('a member without a field');
    if (first.name.value === TYPENAME) {
      if (name !== TYPENAME) throw new Unsupported('a type under another name');
      return { name, key, order, at: -1, shape: TYPENAME_SHAPE };
    }
    if (name === TYPENAME) throw new Unsupported('a member called like the type');
    const field = object.getFields()[first.name.value];
    if (!field) throw new Unsupported(`«${object.name}.${first.name.value}»`);
    const renames = this.#renames.flatMap((rename) => rename.into(name, object.name, this.schema));
    const slot = this.layout.slot(renames.find(({ isHere }) => isHere)?.to ?? name);
    const sets = fields.flatMap(({ selectionSet }) => (selectionSet ? [selectionSet] : []));
    const inner = () =>
      this.#innerPlace(
        slot,
        sets,
        renames.filter(({ isHere }) => !isHere),
      );
    return { name, key, order, at: slot.at, shape: shapeOf(field.type, inner) };
  }

  #innerPlace(slot: Slot, sets: readonly SelectionSetNode[], renames: readonly Rename[]): Place {
    const known = this.#inner.find(({ slot: its, place }) => its === slot && place.#isOf(sets, renames));
    if (known) return known.place;
    const place = new Place(this.schema, slot.inner(), sets, renames, true);
    this.#inner.push({ slot, place });
    return place;
  }

  #isOf(sets: readonly SelectionSetNode[], renames: readonly Rename[]): boolean {
    return same(this.#sets, sets) && same(this.#renames, renames);
  }
}

const isFieldOf = (name: string, type: GraphQLObjectType | GraphQLInterfaceType): boolean =>
  name === TYPENAME || Object.hasOwn(type.getFields(), name);

const same = (some: readonly unknown[], others: readonly unknown[]): boolean =>
  some.length === others.length && some.every((each, index) => each === others[index]);

const TYPENAME_SHAPE: LeafShape = { kind: 'leaf', nullable: false, leaf: 'string', values: undefined };

const shapeOf = (type: GraphQLOutputType, place: () => Place, nullable = true): Shape => {
  if (isNonNullType(type)) return shapeOf(type.ofType, place, false);
  if (isListType(type)) {
    const item = shapeOf(type.ofType, place);
    return { kind: 'list', nullable, item, ofLeaves: item.kind === 'leaf' || (item.kind === 'list' && item.ofLeaves) };
  }
  if (isCompositeType(type))
    return { kind: 'object', nullable, type, isAbstract: isAbstractType(type), place: place() };
  if (isEnumType(type)) return enumShape(type)[nullable ? 'nullable' : 'required'];
  const leaf = Object.hasOwn(INT_LIKE, type.name) ? INT_LIKE[type.name] : undefined;
  return LEAVES[leaf ?? 'any'][nullable ? 'nullable' : 'required'];
};

/** Shapes of leaves differ by their type alone, and an operation has hundreds of them: each is there once. */
type LeafPair = Readonly<Record<'nullable' | 'required', LeafShape>>;

const leafPair = (leaf: LeafShape['leaf'], values?: readonly Word[]): LeafPair => ({
  nullable: { kind: 'leaf', nullable: true, leaf, values },
  required: { kind: 'leaf', nullable: false, leaf, values },
});

const LEAVES = {
  string: leafPair('string'),
  id: leafPair('id'),
  int: leafPair('int'),
  float: leafPair('float'),
  boolean: leafPair('boolean'),
  any: leafPair('any'),
} as const satisfies Partial<Record<LeafShape['leaf'], LeafPair>>;

const enumWords = (type: GraphQLEnumType) => type.getValues().map(({ name }) => wordOf(JSON.stringify(name)));

const enums = new WeakMap<GraphQLEnumType, LeafPair>();
const enumShape = (type: GraphQLEnumType): LeafPair => {
  const known = enums.get(type) ?? leafPair('enum', enumWords(type));
  enums.set(type, known);
  return known;
};

const prepareInner = (shape: Shape): void => {
  if (shape.kind === 'list') prepareInner(shape.item);
  else if (shape.kind === 'object') shape.place.prepare(shape.type);
};

const selectsTypename = (set: SelectionSetNode, of: string, schema: GraphQLSchema): boolean =>
  set.selections.some((selection) => {
    if (selection.kind === Kind.FIELD) {
      return selection.name.value === TYPENAME && (selection.alias?.value ?? TYPENAME) === TYPENAME;
    }
    if (selection.kind !== Kind.INLINE_FRAGMENT) return false;
    const condition = selection.typeCondition?.name.value;
    return (
      (condition === undefined || isOfType(schema, of, condition)) &&
      selectsTypename(selection.selectionSet, of, schema)
    );
  });
