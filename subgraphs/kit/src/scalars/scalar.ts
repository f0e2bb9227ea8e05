import { GraphQLScalarType, Kind } from 'graphql';
import { badInput } from '../errors.ts';
import type { Messages } from '../language.ts';

/**
 * A scalar that travels as a string. `parse` is given every value from outside, literal or variable, and throws
 * `badInput` without the value in it. What the department itself returns is not parsed again: a bad row in the
 * database is no fault of the caller.
 */
export const stringScalar = (name: string, parse: (value: string) => string, notAString: Messages) => {
  const reason = `${name.replace(/\B[A-Z]/g, '_$&').toLowerCase()}_type`;
  const refuse = () => badInput(reason, notAString);
  return new GraphQLScalarType<string, string>({
    name,
    serialize(value) {
      if (typeof value !== 'string') throw new TypeError(`${name} must be returned as a string, not ${typeof value}`);
      return value;
    },
    parseValue(value) {
      if (typeof value !== 'string') throw refuse();
      return parse(value);
    },
    parseLiteral(node) {
      if (node.kind !== Kind.STRING) throw refuse();
      return parse(node.value);
    },
  });
};
