import { type GraphQLSchema, isAbstractType, Kind, parse, TypeInfo, visit, visitWithTypeInfo } from 'graphql';

import type { Call } from './department.ts';
import type { Expectation } from './model.ts';
import { keysOf } from './sdl.ts';
import type { Stage } from './stage.ts';

/** What departments received, and the schemas by which it is read. */
export interface Heard extends Pick<Stage, 'departments' | 'schema'> {
  readonly calls: readonly Call[];
}

/** What is wrong with what departments received: nothing may be asked beyond `asked`, `inputs` and keys. */
export const overreach = (
  { calls, departments, schema }: Heard,
  { asked, inputs, denials, never }: Expectation,
): readonly string[] => {
  const problems: string[] = [];
  if (asked.length === 0 && calls.length > 0) problems.push(`no department may be called, ${calls[0]?.query}`);
  const keys = departments.flatMap(({ sdl }) =>
    [...keysOf(sdl)].flatMap(([type, alternatives]) => alternatives.flat().map((field) => `${type}.${field}`)),
  );
  const allowed = new Set([...asked, ...inputs, ...keys].flatMap((each) => concrete(each, schema)));
  // Types too: a fragment on the type of a permitted field is no denied name.
  const names = new Set([...allowed].flatMap((each) => each.split('.')));
  const denied = new Set(denials.map(({ coordinate }) => fieldOf(coordinate)).filter((name) => !names.has(name)));
  const received = new Set<string>();
  for (const call of calls) {
    const department = departments.find(({ name }) => name === call.department);
    for (const coordinate of department ? coordinatesOf(call, department.schema) : []) {
      for (const each of concrete(coordinate, schema)) received.add(each);
      if (concrete(coordinate, schema).some((each) => allowed.has(each))) continue;
      problems.push(`${call.department} was asked for ${coordinate}: ${call.query}`);
    }
    const text = `${call.query} ${JSON.stringify(call.variables)} ${JSON.stringify(call.headers)}`;
    for (const name of wordsOf(call)) if (denied.has(name)) problems.push(`the name «${name}» reached ${call.query}`);
    for (const each of never) if (text.includes(each)) problems.push(`«${each}» reached ${text}`);
  }
  for (const input of inputs) {
    if (!concrete(input, schema).some((each) => received.has(each))) problems.push(`${input} was not fetched`);
  }
  return problems;
};

/** On an interface or a union, the coordinates of the objects that may stand there, and its own. */
const concrete = (coordinate: string, schema: GraphQLSchema): readonly string[] => {
  const type = schema.getType(coordinate.slice(0, coordinate.indexOf('.')));
  if (!isAbstractType(type)) return [coordinate];
  return [coordinate, ...schema.getPossibleTypes(type).map(({ name }) => `${name}.${fieldOf(coordinate)}`)];
};

const fieldOf = (coordinate: string): string => coordinate.slice(coordinate.indexOf('.') + 1);

/** The fields of a call, and the members of the representations that it hands over. */
const coordinatesOf = ({ query, variables }: Call, schema: GraphQLSchema): readonly string[] => {
  const found: string[] = [];
  const info = new TypeInfo(schema);
  visit(
    parse(query),
    visitWithTypeInfo(info, {
      Field: ({ name }) => {
        const parent = info.getParentType();
        if (parent && !name.value.startsWith('_')) found.push(`${parent.name}.${name.value}`);
      },
    }),
  );
  const { representations } = variables;
  for (const { __typename, ...members } of Array.isArray(representations) ? representations : [])
    for (const member of Object.keys(members)) found.push(`${String(__typename)}.${member}`);
  return found;
};

/** Every name that stands in a call: fields, aliases, types, variables. Field names of the operation itself are none. */
const wordsOf = ({ query }: Call): ReadonlySet<string> => {
  const words = new Set<string>();
  visit(parse(query), { [Kind.NAME]: ({ value }) => void words.add(value) });
  return words;
};
