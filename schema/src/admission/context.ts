import {
  type DocumentNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  parse,
  visit,
} from 'graphql';
import { parseSdl } from '../rules/read.ts';
import { type Refusal, refusal, refuseIfAny } from './refusal.ts';
import { builtFrom, inputsOf, type Read } from './transitive.ts';

/**
 * Arguments by `@fromContext` that no plan fills rightly in every place where the schema allows the field. Whoever asks there
 * would get the answer to another question, and not be told.
 */
export function unservedContexts(supergraph: DocumentNode): readonly Refusal[] {
  const reads = inputsOf(supergraph).filter(({ directive }) => directive === '@fromContext');
  if (reads.length === 0) return [];
  const schema = builtFrom(supergraph);
  if ('code' in schema) return [schema];
  return reads.flatMap((read) => [...withArguments(read), ...leftOut(read, schema), ...passedOver(read, schema)]);
}

/** @throws AdmissionError */
export const refuseUnservedContexts = (supergraphSdl: string): void =>
  refuseIfAny(unservedContexts(parseSdl(supergraphSdl)));

/**
 * For an engine that sends no argument by `@fromContext`: departments would resolve such fields without it.
 *
 * @throws AdmissionError where a supergraph has such fields
 */
export const refuseContext = (supergraphSdl: string): void => {
  const fields = inputsOf(parseSdl(supergraphSdl)).filter(({ directive }) => directive === '@fromContext');
  const coordinates = new Set(fields.map(coordinateOf));
  refuseIfAny(
    [...coordinates].map((coordinate) =>
      notServed(
        coordinate,
        'nhận đối số bằng @fromContext mà máy thực thi này không gửi; hãy dùng execution.engine: compiled, hoặc @requires',
        'takes an argument by @fromContext, which this engine does not send; use execution.engine: compiled, or @requires',
      ),
    ),
  );
};

/** Planners know a field of an answer by its name alone: of two sets of arguments they make one value. */
const withArguments = (read: Read): Refusal[] => {
  let found = false;
  visit(selectionOf(read), {
    Argument: () => {
      found = true;
    },
  });
  if (!found) return [];
  return [
    notServed(
      coordinateOf(read),
      'đọc bằng @fromContext một trường có ghi đối số; hãy để ngành đặt một trường riêng cho giá trị ấy',
      'reads by @fromContext a field with arguments written; let the department give that value a field of its own',
    ),
  ];
};

/** A selection by fragments that says nothing of some type of objects: below one of those the planner finds no plan. */
const leftOut = (read: Read, schema: GraphQLSchema): Refusal[] => {
  const conditions = selectionOf(read).selectionSet.selections.flatMap((selection) =>
    selection.kind === Kind.INLINE_FRAGMENT ? [selection.typeCondition?.name.value] : [],
  );
  if (conditions.length === 0) return [];
  const types = read.from.flatMap((name) => objectsOf(name, schema)).filter((name) => !conditions.includes(name));
  return [...new Set(types)].map((type) =>
    notServed(
      coordinateOf(read),
      `không nói lấy gì của ${type} bằng @fromContext; thêm «... on ${type} { … }»`,
      `does not say what of ${type} it takes by @fromContext; add «... on ${type} { … }»`,
    ),
  );
};

/**
 * A type that sets the context and can be passed by way of an interface that does not: the planner looks at the interface,
 * passes over the object, and takes the value from further out.
 */
const passedOver = (read: Read, schema: GraphQLSchema): Refusal[] => {
  const setting = new Set(read.from);
  const objects = read.from.flatMap((name) => objectsOf(name, schema));
  const further = reachable(
    objects.flatMap((name) => fieldTypes(schema.getType(name))),
    schema,
  );
  const found = new Map<string, string>();
  for (const name of new Set([...setting, ...objects])) {
    const type = schema.getType(name);
    if (!isObjectType(type) && !isInterfaceType(type)) continue;
    for (const above of type.getInterfaces()) {
      const isSet = [above, ...above.getInterfaces()].some((each) => setting.has(each.name));
      if (isSet || !further.has(above.name)) continue;
      if (reachable(fieldTypes(above), schema).has(read.typeName)) found.set(above.name, name);
    }
  }
  return [...found].map(([above, name]) =>
    notServed(
      coordinateOf(read),
      `lấy ngữ cảnh của ${name}, nhưng đi qua ${above} thì không thấy; đặt @context cho cả ${above}`,
      `takes the context of ${name}, which is passed over by way of ${above}; put @context on ${above} too`,
    ),
  );
};

/** The types of all that can stand at positions of some types, and below them. */
const reachable = (names: readonly string[], schema: GraphQLSchema): ReadonlySet<string> => {
  const found = new Set<string>();
  const enter = (name: string): void => {
    const type = schema.getType(name);
    if (!isCompositeType(type) || found.has(name)) return;
    found.add(name);
    for (const object of objectsOf(name, schema)) enter(object);
    if (isObjectType(type)) for (const above of type.getInterfaces()) enter(above.name);
    for (const inner of fieldTypes(type)) enter(inner);
  };
  names.forEach(enter);
  return found;
};

const fieldTypes = (type: GraphQLNamedType | undefined): readonly string[] =>
  isObjectType(type) || isInterfaceType(type)
    ? Object.values(type.getFields()).map((field) => getNamedType(field.type).name)
    : [];

const objectsOf = (name: string, schema: GraphQLSchema): readonly string[] => {
  const type = schema.getType(name);
  return isAbstractType(type) ? schema.getPossibleTypes(type).map((object) => object.name) : [name];
};

const selectionOf = ({ selection }: Read): OperationDefinitionNode => {
  const text = selection.trim();
  const [operation] = parse(text.startsWith('{') ? text : `{ ${text} }`, { noLocation: true }).definitions;
  if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new TypeError('a selection that is none');
  return operation;
};

const coordinateOf = ({ typeName, fieldName }: Read): string => `${typeName}.${fieldName}`;

const notServed = (coordinate: string, vi: string, en: string): Refusal =>
  refusal('CONTEXT_NOT_SERVED', `${coordinate} ${vi}`, `${coordinate} ${en}`, { coordinate });
