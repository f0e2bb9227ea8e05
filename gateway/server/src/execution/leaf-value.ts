import { type GraphQLLeafType, isEnumType } from 'graphql';

import { isShallow } from '../json-depth.ts';

const isInteger = (value: unknown): boolean => typeof value === 'number' && Number.isInteger(value);

/** Scalars whose JSON the specification fixes (GraphQL §3.5); any other scalar may be any JSON value. */
const builtIn: Readonly<Record<string, (value: unknown) => boolean>> = {
  String: (value) => typeof value === 'string',
  Boolean: (value) => typeof value === 'boolean',
  Int: isInteger,
  Float: Number.isFinite,
  ID: (value) => typeof value === 'string' || isInteger(value),
};

/** Whether a JSON value that is not null may stand for a leaf of this type. */
export const isLeafValue = (value: unknown, type: GraphQLLeafType): boolean => {
  if (isEnumType(type)) return typeof value === 'string' && type.getValue(value) !== undefined;
  const check = Object.hasOwn(builtIn, type.name) ? builtIn[type.name] : undefined;
  // 1e999 is JSON, but beyond every double: it would be written as null.
  return check ? check(value) : typeof value === 'number' ? Number.isFinite(value) : isShallow(value);
};
