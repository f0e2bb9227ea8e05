import {
  coerceInputValue,
  type GraphQLInputType,
  type GraphQLSchema,
  isInputType,
  isNonNullType,
  print,
  typeFromAST,
  type VariableDefinitionNode,
  valueFromAST,
} from 'graphql';

import { PublicError } from '../errors.ts';
import { isShallow } from '../json-depth.ts';
import type { PreparedOperation } from './model.ts';

/** Places told of; who sent more mistakes finds the others when these are mended. */
const MAX_FAULTS = 10;

/**
 * The variables of an operation, coerced, defaults included (GraphQL §6.1.2). graphql-js's own `getVariableValues` does the
 * same and copies what it found from an object without a shape, which takes longer than all the rest (coerce.test.ts holds
 * the two against each other).
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
  const values = new Map<string, unknown>();
  const faults: Fault[] = [];
  for (const definition of operation.variables) {
    const { variable, defaultValue } = definition;
    const name = variable.name.value;
    const type = typeFromAST(schema, definition.type);
    if (!isInputType(type)) faults.push({ definition, path: [] });
    else if (Object.hasOwn(inputs, name)) {
      values.set(
        name,
        coerced(inputs[name], type, (path) => faults.push({ definition, path })),
      );
    } else if (defaultValue) values.set(name, valueFromAST(defaultValue, type));
    else if (isNonNullType(type)) faults.push({ definition, path: [] });
  }
  if (faults.length === 0) return values;
  throw refusal(faults.slice(0, MAX_FAULTS));
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
  readonly definition: VariableDefinitionNode;
  readonly path: readonly (string | number)[];
}

const ENOUGH = Symbol();

/** Stops where there are enough faults: graphql-js makes an error with a stack of each, and a list may have a million. */
const coerced = (
  value: unknown,
  type: GraphQLInputType,
  onFault: (path: readonly (string | number)[]) => number,
): unknown => {
  try {
    return coerceInputValue(value, type, (path) => {
      if (onFault(path) >= MAX_FAULTS) throw ENOUGH;
    });
  } catch (error) {
    if (error !== ENOUGH) throw error;
    return undefined;
  }
};

const refusal = (faults: readonly Fault[]): PublicError => {
  const told = faults.map(({ definition, path }) => ({
    // `$input.since`
    place: [
      '$',
      definition.variable.name.value,
      ...path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`)),
    ].join(''),
    type: print(definition.type),
  }));
  return new PublicError('BAD_USER_INPUT', {
    messages: {
      vi: told.map(({ place, type }) => `Biến ${place} cần một giá trị hợp lệ của kiểu ${type}.`).join(' '),
      en: told.map(({ place, type }) => `Variable ${place} needs a valid value of type ${type}.`).join(' '),
    },
    data: told[0] ? { argument: told[0].place } : {},
  });
};
