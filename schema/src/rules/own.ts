import { type GraphQLNamedType, type GraphQLSchema, getNamedType, isAbstractType, isObjectType } from 'graphql';
import { canonical, type Rule } from './rule.ts';

/** The name of our domain for the type of a person. */
export const CITIZEN = 'Citizen';

/** Fields by which connections (Relay's specification) lead to what they list. */
const LISTING = ['edges', 'node', 'nodes'];

/**
 * Scopes of the form `department:self:verb`, which count on the caller's own object alone (AUTHORIZATION §1.10). Whatever
 * looks like one is one: to be one only ever narrows where a scope counts.
 */
export const isSelfScope = (scope: string): boolean => scope.includes(':self:');

/** A rule as it is met where self scopes do not count: whoever met it by one alone has shown nothing. */
export const withoutSelfScopes = (rule: Rule): Rule =>
  rule.scopes.flat().some(isSelfScope)
    ? { ...rule, scopes: canonical(rule.scopes.map((names) => names.filter((scope) => !isSelfScope(scope)))) }
    : rule;

/**
 * Whether a field that returns this type may lead to a Citizen: by itself, as a member of an abstract type, or listed by a
 * connection, whose counts and cursors tell of others as well.
 */
export const leadsToCitizen = (type: GraphQLNamedType, schema: GraphQLSchema, seen = new Set<string>()): boolean => {
  if (type.name === CITIZEN) return true;
  if (seen.has(type.name)) return false;
  seen.add(type.name);
  if (isAbstractType(type)) return schema.getPossibleTypes(type).some((member) => leadsToCitizen(member, schema, seen));
  if (!isObjectType(type)) return false;
  const fields = type.getFields();
  return LISTING.some((name) => {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    return field !== undefined && leadsToCitizen(getNamedType(field.type), schema, seen);
  });
};
