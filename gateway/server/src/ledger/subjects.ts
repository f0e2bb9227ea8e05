import { CITIZEN } from '@lienthong/schema/rules';
import type { DataSubject, DataSubjects } from '@lienthong/schema/subjects';
import {
  type FieldNode,
  type GraphQLCompositeType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type SelectionNode,
} from 'graphql';

import { subjectAlias } from '../execution/private-names.ts';
import type { FieldSelection } from '../operation/model.ts';
import { TYPENAME } from '../operation/runtime-type.ts';
import { type GuardSource, isGuarded } from '../policy/guards.ts';

/** One field of a declared way to ids, and the private name under which the gateway asks for it. */
export interface PrivateStep {
  readonly name: string;
  readonly alias: string;
}

export type PrivatePath = readonly PrivateStep[];

/** A declared way into the arguments of a field. */
export type ArgumentPath = Extract<DataSubject, { kind: 'argument' }>;

/** Whose data objects of a type, or one field, are. */
export interface Declared {
  readonly paths: readonly PrivatePath[];
  readonly enclosing: boolean;
  /** Of a field. */
  readonly arguments: readonly ArgumentPath[];
}

export interface SubjectParts {
  readonly declared: DataSubjects;
  /** The whole supergraph: paths may lead through what callers do not see. */
  readonly supergraphSchema: GraphQLSchema;
  /** What callers see. */
  readonly schema: GraphQLSchema;
  /** Of the whole: what callers do not see may be told to departments. */
  readonly guards: GuardSource;
  readonly privatePrefix: string;
}

/** Where a supergraph declares nothing: what a Citizen holds is that Citizen's. */
const CITIZENS_ALONE: DataSubjects = {
  types: new Map([[CITIZEN, [{ kind: 'path', segments: ['id'] }]]]),
  fields: new Map(),
};

/**
 * Whose data the coordinates of one version of the supergraph are, and what the gateway asks for besides to know it: ids
 * under private names, which no alias of a caller can meet. Each thing is found out once.
 */
export class Subjects {
  readonly #parts: SubjectParts;
  readonly #declared: DataSubjects;
  readonly #types = new Map<string, Declared | undefined>();
  readonly #fields = new Map<string, Declared | undefined>();
  readonly #guarded = new Map<string, boolean>();
  readonly #selections = new Map<string, readonly SelectionNode[]>();
  readonly #needsType = new Map<string, boolean>();
  readonly #ways: Way[] = [];
  readonly #coordinates = new Set<string>();

  constructor(parts: SubjectParts) {
    this.#parts = parts;
    const { types, fields } = parts.declared;
    const citizen = parts.supergraphSchema.getType(CITIZEN);
    const assumed = isObjectType(citizen) && Object.hasOwn(citizen.getFields(), 'id');
    this.#declared = types.size === 0 && fields.size === 0 && assumed ? CITIZENS_ALONE : parts.declared;
    // All at once and in order, so that private names do not depend on who asked first.
    for (const type of this.#declared.types.keys()) this.ofType(type);
    for (const coordinate of this.#declared.fields.keys()) {
      const [type = '', name = ''] = coordinate.split('.');
      this.ofField(type, name);
    }
  }

  get supergraphSchema(): GraphQLSchema {
    return this.#parts.supergraphSchema;
  }

  /** Fields on the ways to persons, by coordinate: they are asked for, whether or not callers see them. */
  get coordinates(): ReadonlySet<string> {
    return this.#coordinates;
  }

  /** Of an object type; undefined where it states nothing: its objects are whose the object around is. */
  ofType(type: string): Declared | undefined {
    return remembered(this.#types, type, () => this.#read(this.#declared.types.get(type), type));
  }

  /** Of a field of an object type, where it states its own; it then stands in place of its type's. */
  ofField(type: string, name: string): Declared | undefined {
    const coordinate = `${type}.${name}`;
    return remembered(this.#fields, coordinate, () => {
      const declared = this.#declared.fields.get(coordinate);
      return declared && this.#read(declared, this.#returned(type, name));
    });
  }

  /** Whether a rule stands in front of a field of an object type, so that showing it is a disclosure. */
  isGuarded(type: string, name: string): boolean {
    return remembered(this.#guarded, `${type}.${name}`, () => {
      const object = this.#parts.supergraphSchema.getType(type);
      return isObjectType(object) && isGuarded(this.#parts.guards.field(object, name));
    });
  }

  /** What is selected in a field besides what the caller asked for. */
  selectionsIn({ parentType, name, type, leaf }: FieldSelection): readonly SelectionNode[] {
    if (leaf) return [];
    return remembered(this.#selections, `${parentType.name}.${name}`, () => {
      const inner = getNamedType(type) as GraphQLCompositeType;
      const fromField = this.#objectsOf(parentType).flatMap((parent) => {
        const nodes = this.isGuarded(parent, name) ? nodesOf(this.ofField(parent, name)) : [];
        // An object may promise more of a field than the interface by which it was selected.
        const returned = this.#returned(parent, name);
        return nodes.length > 0 && returned !== inner.name ? [fragmentOn(returned, nodes)] : nodes;
      });
      if (isObjectType(inner)) return [...fromField, ...nodesOf(this.ofType(inner.name))];
      const fromTypes = this.#objectsOf(inner).flatMap((object) => {
        const nodes = nodesOf(this.ofType(object));
        return nodes.length > 0 ? [fragmentOn(object, nodes)] : [];
      });
      return [...fromField, ...fromTypes];
    });
  }

  /** Whether the type of an object at this position has to be known: whose it is, or what is guarded, depends on it. */
  needsType(position: GraphQLCompositeType): boolean {
    if (!isAbstractType(position)) return false;
    return remembered(this.#needsType, position.name, () =>
      this.#parts.schema.getPossibleTypes(position).some((object) => {
        const names = [TYPENAME, ...Object.keys(object.getFields())];
        return this.ofType(object.name) !== undefined || names.some((name) => this.isGuarded(object.name, name));
      }),
    );
  }

  #read(declared: readonly DataSubject[] | undefined, start: string): Declared | undefined {
    return (
      declared && {
        paths: declared.flatMap((each) => (each.kind === 'path' ? [this.#privatePath(each.segments, start)] : [])),
        enclosing: declared.some(({ kind }) => kind === 'enclosing'),
        arguments: declared.filter((each) => each.kind === 'argument'),
      }
    );
  }

  #privatePath(segments: readonly string[], start: string): PrivatePath {
    const way = segments.reduce<{ steps: Step[]; type: string }>(
      ({ steps, type }, name) => {
        const field = this.#fieldOf(type, name);
        if (!field) throw new TypeError(`@dataSubject: no field ${type}.${name}`);
        this.#coordinates.add(`${type}.${name}`);
        return { steps: [...steps, { name, shape: field.type }], type: getNamedType(field.type).name };
      },
      { steps: [], type: start },
    );
    let shape = 0;
    while (
      this.#ways.some(
        (other) => other.shape === shape && clash(other.steps, way.steps) && this.#meet(other.start, start),
      )
    ) {
      shape += 1;
    }
    this.#ways.push({ start, steps: way.steps, shape });
    return segments.map((name, index) => ({
      name,
      alias: subjectAlias(this.#parts.privatePrefix, name, index === 0 ? shape : 0),
    }));
  }

  /** Whether objects of both types may stand at one position, so that what is selected of them is merged by name. */
  #meet(one: string, other: string): boolean {
    if (one === other) return true;
    const { supergraphSchema: schema } = this.#parts;
    const objects = (name: string) => {
      const type = schema.getType(name);
      return isAbstractType(type) ? schema.getPossibleTypes(type).map((each) => each.name) : [name];
    };
    const [some, others] = [objects(one), objects(other)];
    return Object.values(schema.getTypeMap()).some((type) => {
      const names = isAbstractType(type) ? schema.getPossibleTypes(type).map(({ name }) => name) : [];
      return names.some((name) => some.includes(name)) && names.some((name) => others.includes(name));
    });
  }

  #fieldOf(type: string, name: string) {
    const composite = this.#parts.supergraphSchema.getType(type);
    const fields = isObjectType(composite) || isInterfaceType(composite) ? composite.getFields() : {};
    return Object.hasOwn(fields, name) ? fields[name] : undefined;
  }

  #returned(type: string, name: string): string {
    const field = this.#fieldOf(type, name);
    if (!field) throw new TypeError(`@dataSubject: no field ${type}.${name}`);
    return getNamedType(field.type).name;
  }

  #objectsOf(type: GraphQLCompositeType): readonly string[] {
    return isAbstractType(type) ? this.#parts.schema.getPossibleTypes(type).map(({ name }) => name) : [type.name];
  }
}

interface Step {
  readonly name: string;
  readonly shape: GraphQLOutputType;
}

/** A declared path, and the number that its private names have where those of another one would clash with them. */
interface Way {
  readonly start: string;
  readonly steps: readonly Step[];
  readonly shape: number;
}

/** Whether two ways from one position could not be asked for under the same names (GraphQL §5.3.2, SameResponseShape). */
const clash = (some: readonly Step[], others: readonly Step[]): boolean => {
  for (const [index, { name, shape }] of some.entries()) {
    const other = others[index];
    if (name !== other?.name) return false;
    if (isDifferent(shape, other.shape)) return true;
  }
  return false;
};

const isDifferent = (one: GraphQLOutputType, other: GraphQLOutputType): boolean => {
  if (isNonNullType(one) || isNonNullType(other)) {
    return !(isNonNullType(one) && isNonNullType(other)) || isDifferent(one.ofType, other.ofType);
  }
  if (isListType(one) || isListType(other)) {
    return !(isListType(one) && isListType(other)) || isDifferent(one.ofType, other.ofType);
  }
  return isCompositeType(one) ? !isCompositeType(other) : one.name !== getNamedType(other).name;
};

const nodesOf = (declared: Declared | undefined): SelectionNode[] =>
  (declared?.paths ?? []).flatMap((path) => {
    const node = path.reduceRight<FieldNode | undefined>((inner, step) => fieldNode(step, inner), undefined);
    return node ? [node] : [];
  });

const fieldNode = ({ name, alias }: PrivateStep, inner: FieldNode | undefined): FieldNode => ({
  kind: Kind.FIELD,
  name: { kind: Kind.NAME, value: name },
  alias: { kind: Kind.NAME, value: alias },
  ...(inner ? { selectionSet: { kind: Kind.SELECTION_SET, selections: [inner] } } : {}),
});

const fragmentOn = (type: string, selections: SelectionNode[]): SelectionNode => ({
  kind: Kind.INLINE_FRAGMENT,
  typeCondition: { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: type } },
  selectionSet: { kind: Kind.SELECTION_SET, selections },
});

const remembered = <T>(memory: Map<string, T>, key: string, make: () => T): T => {
  let known = memory.get(key);
  if (known === undefined && !memory.has(key)) {
    known = make();
    memory.set(key, known);
  }
  return known as T;
};
