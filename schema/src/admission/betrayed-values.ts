import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isObjectType,
} from 'graphql';
import { effectiveRule } from '../rules/effective.ts';
import type { Rules } from '../rules/read.ts';
import { implies } from '../rules/rule.ts';
import { type Refusal, refusal } from './refusal.ts';

/**
 * Values betray (AUTHORIZATION §1.9): who may search, filter or sort by a value learns it by asking often enough, so a
 * field with such an argument must ask for what the value asks for. A machine sees only names: an argument, a member of
 * an input object or a value of an ordering enum that is called like a guarded leaf of the type that comes back, through
 * a Relay connection too. `free` holds the arguments (`Query.citizen(personalNumber:)`) that are meant to be open.
 */
export function betrayedValues(rules: Rules, schema: GraphQLSchema, free: ReadonlySet<string>): readonly Refusal[] {
  const refusals: Refusal[] = [];
  for (const type of Object.values(schema.getTypeMap())) {
    // A mutation is given values in order to write them; it answers nothing about the ones on record.
    if (!isObjectType(type) || type.name.startsWith('__') || type === schema.getMutationType()) continue;
    for (const field of Object.values(type.getFields())) {
      const own = effectiveRule(rules, schema, type.name, field.name);
      for (const argument of field.args) {
        const coordinate = `${type.name}.${field.name}(${argument.name}:)`;
        if (free.has(coordinate)) continue;
        for (const value of betrayedBy(argument, field, schema)) {
          const [typeName = '', fieldName = ''] = value.split('.');
          if (implies(own, effectiveRule(rules, schema, typeName, fieldName))) continue;
          refusals.push(betrayed(coordinate, value));
        }
      }
    }
  }
  return refusals;
}

/** Arguments listed as free that the schema does not have: a typing error, or left over from a former version. */
export function unknownFreeArguments(schema: GraphQLSchema, free: ReadonlySet<string>): readonly Refusal[] {
  const known = new Set(
    Object.values(schema.getTypeMap()).flatMap((type) =>
      isObjectType(type)
        ? Object.values(type.getFields()).flatMap(({ name, args }) =>
            args.map((each) => `${type.name}.${name}(${each.name}:)`),
          )
        : [],
    ),
  );
  return [...free]
    .filter((coordinate) => !known.has(coordinate))
    .map((coordinate) =>
      refusal(
        'INVALID_CONFIG',
        `freeArguments: không có đối số ${coordinate}; viết dạng Query.field(argument:) hoặc bỏ đi`,
        `freeArguments: there is no argument ${coordinate}; write it as Query.field(argument:) or remove it`,
        { coordinate },
      ),
    );
}

/** Leaf fields of the answer that the argument names. */
function betrayedBy(
  argument: GraphQLArgument,
  field: GraphQLField<unknown, unknown>,
  schema: GraphQLSchema,
): readonly string[] {
  const names = new Set([...namesIn(argument)].map(fold));
  return answered(field, schema).flatMap((type) =>
    Object.values(type.getFields())
      .filter((leaf) => isLeafType(getNamedType(leaf.type)) && names.has(fold(leaf.name)))
      .map((leaf) => `${type.name}.${leaf.name}`),
  );
}

function* namesIn(input: GraphQLArgument | GraphQLInputField, seen = new Set<string>()): Generator<string> {
  yield input.name;
  const type = getNamedType(input.type);
  if (seen.has(type.name)) return;
  seen.add(type.name);
  if (isEnumType(type)) for (const { name } of type.getValues()) yield name.replace(/_(ASC|DESC)$/i, '');
  if (isInputObjectType(type)) for (const member of Object.values(type.getFields())) yield* namesIn(member, seen);
}

/** The object types that a field may answer with, and the node type behind a connection. */
function answered(field: GraphQLField<unknown, unknown>, schema: GraphQLSchema): readonly GraphQLObjectType[] {
  const type = getNamedType(field.type);
  if (isAbstractType(type)) return schema.getPossibleTypes(type);
  if (!isObjectType(type)) return [];
  const edge = namedTypeOf(type, 'edges');
  const node = isObjectType(edge) ? namedTypeOf(edge, 'node') : undefined;
  return isObjectType(node) ? [type, node] : [type];
}

function namedTypeOf(type: GraphQLObjectType, fieldName: string): GraphQLNamedType | undefined {
  const field = new Map(Object.entries(type.getFields())).get(fieldName);
  return field && getNamedType(field.type);
}

/** `fullName`, `full_name` and `FULL_NAME` name one value. */
const fold = (name: string): string => name.replaceAll('_', '').toLowerCase();

const betrayed = (coordinate: string, value: string): Refusal =>
  refusal(
    'VALUE_BETRAYED',
    `${coordinate} cho phép dò ra ${value} mà không đòi quyền của nó; thêm quyền đó, hoặc ghi đối số vào freeArguments của tệp cấu hình`,
    `${coordinate} lets callers find out ${value} without its rule; ask for that rule or list the argument under freeArguments in the config`,
    { coordinate },
  );
