import type { GraphQLResolveInfo } from 'graphql';
import type { DepartmentContext } from './department.ts';

/**
 * A field's resolver. Declared as a method so that a department may write the parent and the arguments with the types
 * its own schema gives them; GraphQL has checked both before the resolver runs.
 */
export type FieldResolver<Data> = {
  resolve(parent: unknown, args: unknown, context: DepartmentContext<Data>, info: GraphQLResolveInfo): unknown;
}['resolve'];

/** Turns a federation representation (the key fields, as the gateway sent them) into the entity, or `null`. */
export type ReferenceResolver<Data> = {
  resolve(representation: unknown, context: DepartmentContext<Data>): unknown;
}['resolve'];

/** Names the object type behind a value of an interface or a union. */
export type TypeResolver = { resolve(value: unknown): string | undefined }['resolve'];

/** The resolvers of one object, interface or union type. */
export interface TypeResolvers<Data> {
  [field: string]: FieldResolver<Data>;
  __resolveReference?: ReferenceResolver<Data>;
  __resolveType?: TypeResolver;
}

/** Internal values of an enum, where they differ from their names. */
export interface EnumValues {
  readonly [value: string]: string | number;
}

/** The resolvers of a department, by type name. */
export interface DepartmentResolvers<Data> {
  readonly [type: string]: TypeResolvers<Data> | EnumValues;
}
