import {
  coerceInputValue,
  type GraphQLSchema,
  getVariableValues,
  isInputType,
  print,
  typeFromAST,
  type VariableDefinitionNode,
} from 'graphql';

import { PublicError } from '../errors.ts';
import { isShallow } from '../json-depth.ts';
import type { PreparedOperation } from './model.ts';

/**
 * The variables of an operation, coerced, defaults included (GraphQL §6.1.2).
 *
 * @throws PublicError BAD_USER_INPUT that names the variables and, within input objects, the places, but never a value:
 *   graphql-js repeats what was sent, which may be a whole record about a person
 */
export const coerceVariables = (
  schema: GraphQLSchema,
  operation: PreparedOperation,
  inputs: Readonly<Record<string, unknown>>,
): ReadonlyMap<string, unknown> => {
  checkDepth(operation, inputs);
  const { coerced, errors } = getVariableValues(schema, operation.variables, inputs, { maxErrors: 10 });
  if (!errors) return new Map(Object.entries(coerced));
  const faults = operation.variables.flatMap((definition) => faultsOf(schema, definition, inputs)).slice(0, 10);
  throw new PublicError('BAD_USER_INPUT', {
    messages: {
      vi: faults.map(({ place, type }) => `Biến ${place} cần một giá trị hợp lệ của kiểu ${type}.`).join(' '),
      en: faults.map(({ place, type }) => `Variable ${place} needs a valid value of type ${type}.`).join(' '),
    },
    data: faults[0] ? { argument: faults[0].place } : {},
  });
};

/** A custom scalar takes any JSON, and what it took is written again, to a department. */
const checkDepth = ({ variables }: PreparedOperation, inputs: Readonly<Record<string, unknown>>): void => {
  for (const { variable } of variables) {
    const name = variable.name.value;
    if (!Object.hasOwn(inputs, name) || isShallow(inputs[name])) continue;
    throw new PublicError('BAD_USER_INPUT', {
      messages: { vi: `Biến $${name} lồng quá sâu.`, en: `Variable $${name} is nested too deeply.` },
      data: { argument: `$${name}` },
    });
  }
};

interface Fault {
  /** `$input.since` */
  readonly place: string;
  readonly type: string;
}

const faultsOf = (
  schema: GraphQLSchema,
  { variable, type: typeNode, defaultValue }: VariableDefinitionNode,
  inputs: Readonly<Record<string, unknown>>,
): Fault[] => {
  const type = typeFromAST(schema, typeNode);
  const name = variable.name.value;
  const written = print(typeNode);
  if (!isInputType(type)) return [{ place: `$${name}`, type: written }];
  const given = Object.hasOwn(inputs, name);
  if (!given && (defaultValue || !written.endsWith('!'))) return [];
  const faults: Fault[] = [];
  coerceInputValue(given ? inputs[name] : null, type, (path) => {
    faults.push({
      place: ['$', name, ...path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`))].join(''),
      type: written,
    });
  });
  return faults;
};
