import { type GraphQLSchema, isAbstractType, isInterfaceType, isObjectType } from 'graphql';

/**
 * Whether what is of one type is of another: a type of itself, an object type or interface of the interfaces that it
 * implements, an object type of the unions that it stands in.
 */
export const isOfType = (schema: GraphQLSchema, name: string, of: string): boolean => {
  if (name === of) return true;
  const [type, abstract] = [schema.getType(name), schema.getType(of)];
  return isAbstractType(abstract) && (isObjectType(type) || isInterfaceType(type)) && schema.isSubType(abstract, type);
};
