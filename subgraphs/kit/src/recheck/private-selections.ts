import type { DataSubjects } from '@lienthong/schema/subjects';
import {
  type FieldNode,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isObjectType,
  Kind,
  type SelectionSetNode,
} from 'graphql';

/**
 * What the gateway selects for itself is aliased so: its prefix (`lt_`, or `lt1_` and so on), `s_` (`s1_` and so on where
 * fields of one name have several types), the field's name.
 */
const PRIVATE = /^lt\d*_s\d*_(.+)$/;

/**
 * Recognises what the gateway adds to a caller's selections in order to record whose data the caller sees.
 *
 * The caller may lack the scope of these fields, and never gets them: the ledger does. So they are not judged, where and
 * only where they follow a path that this department's own schema declares, each name on the way under its private alias,
 * and nothing else below it. Whoever has the gateway's key learns by it whose a record is that he may read anyway.
 */
export class PrivateSelections {
  /** `Type.field.field`: every beginning of every declared path, from the type of the object that it starts at. */
  readonly #ways: ReadonlySet<string>;
  /** graphql-js hands the same list to every object at one place of a document, and another at any other place. */
  readonly #known = new WeakMap<readonly FieldNode[], boolean>();

  constructor(schema: GraphQLSchema, subjects: DataSubjects) {
    this.#ways = waysIn(schema, subjects);
  }

  /** Whether a field is one of these. */
  has(info: GraphQLResolveInfo): boolean {
    const { key } = info.path;
    if (typeof key !== 'string' || !PRIVATE.test(key)) return false;
    let known = this.#known.get(info.fieldNodes);
    if (known === undefined) {
      const way = this.#wayTo(info);
      known = info.fieldNodes.every((node) => this.#follows(node, way, info));
      this.#known.set(info.fieldNodes, known);
    }
    return known;
  }

  /** The way by which a place was reached through private aliases alone, declared or not. */
  #wayTo({ path }: GraphQLResolveInfo): string {
    const names: string[] = [];
    let start: string | undefined;
    for (let place: GraphQLResolveInfo['path'] | undefined = path; place; place = place.prev) {
      if (typeof place.key === 'number') continue;
      const [, name] = PRIVATE.exec(place.key) ?? [];
      if (name === undefined) break;
      names.unshift(name);
      start = place.typename;
    }
    return `${start}.${names.join('.')}`;
  }

  /** Whether a field is what its alias says, stands on a declared way, and selects nothing but the rest of it. */
  #follows(node: FieldNode, way: string, info: GraphQLResolveInfo): boolean {
    const [, name] = PRIVATE.exec(node.alias?.value ?? '') ?? [];
    if (name !== node.name.value || !this.#ways.has(way) || (node.arguments ?? []).length > 0) return false;
    return node.selectionSet === undefined || this.#followAll(node.selectionSet, way, info);
  }

  #followAll({ selections }: SelectionSetNode, way: string, info: GraphQLResolveInfo): boolean {
    return selections.every((selection) => {
      if (selection.kind === Kind.INLINE_FRAGMENT) return this.#followAll(selection.selectionSet, way, info);
      if (selection.kind === Kind.FRAGMENT_SPREAD) {
        const fragment = info.fragments[selection.name.value];
        return fragment !== undefined && this.#followAll(fragment.selectionSet, way, info);
      }
      return selection.name.value === '__typename' || this.#follows(selection, `${way}.${selection.name.value}`, info);
    });
  }
}

function waysIn(schema: GraphQLSchema, { types, fields }: DataSubjects): ReadonlySet<string> {
  const ways = new Set<string>();
  const add = (start: string, segments: readonly string[]) => {
    for (const [index] of segments.entries()) ways.add(`${start}.${segments.slice(0, index + 1).join('.')}`);
  };
  for (const [type, subjects] of types) {
    for (const subject of subjects) if (subject.kind === 'path') add(type, subject.segments);
  }
  for (const [coordinate, subjects] of fields) {
    const [typeName = '', fieldName = ''] = coordinate.split('.');
    const type = schema.getType(typeName);
    const field = isObjectType(type) ? type.getFields()[fieldName] : undefined;
    if (field === undefined) continue;
    const value = getNamedType(field.type);
    const starts = isAbstractType(value) ? schema.getPossibleTypes(value) : [value];
    for (const subject of subjects) {
      if (subject.kind === 'path') for (const { name } of starts) add(name, subject.segments);
    }
  }
  return ways;
}
