import { type GraphQLSchema, getNamedType, isAbstractType, isInterfaceType, isObjectType } from 'graphql';
import type { Rules } from './read.ts';
import { isEmpty, meet, meetAll, NO_RULE, type Rule } from './rule.ts';

/**
 * What a caller needs for a field selected on a type: the rules of the field, of its parent type and of its named return
 * type (AUTHORIZATION §1.3); on an interface, those of the field on every implementing type (§1.5). `__typename` needs
 * the object it stands on and nothing on an abstract type (§1.6). A coordinate that the schema lacks is a mistake of the
 * caller of this function and throws: answering "no rule" would open it.
 */
export function effectiveRule(rules: Rules, schema: GraphQLSchema, typeName: string, fieldName: string): Rule {
  const type = schema.getType(typeName);
  if (!isObjectType(type) && !isAbstractType(type)) throw new TypeError(`no composite type ${typeName} in the schema`);
  if (fieldName === '__typename') return isObjectType(type) ? ruleOfType(rules, typeName) : NO_RULE;
  if (type === schema.getQueryType() && (fieldName === '__schema' || fieldName === '__type')) return NO_RULE;
  const field = isObjectType(type) || isInterfaceType(type) ? ownField(type.getFields(), fieldName) : undefined;
  if (field === undefined) throw new TypeError(`no field ${typeName}.${fieldName} in the schema`);

  const own = rules.fields.get(`${typeName}.${fieldName}`) ?? NO_RULE;
  if (isInterfaceType(type)) {
    const objects = schema.getPossibleTypes(type).map(({ name }) => effectiveRule(rules, schema, name, fieldName));
    return meet(own, meetAll(objects));
  }
  return meetAll([own, ruleOfType(rules, typeName), ruleOfType(rules, getNamedType(field.type).name)]);
}

/**
 * Whether a field is closed under `unguarded: refuse`: no rule on it, its parent or its return type, and no `public`
 * tag; on an interface, as soon as that holds on one implementing type. A forgotten guard must not be a hole.
 */
export function isUnguarded(rules: Rules, schema: GraphQLSchema, typeName: string, fieldName: string): boolean {
  if (fieldName.startsWith('__')) return false;
  const type = schema.getType(typeName);
  if (isInterfaceType(type)) {
    const objects = schema.getPossibleTypes(type);
    return objects.length === 0 || objects.some(({ name }) => isUnguarded(rules, schema, name, fieldName));
  }
  if (rules.open.has(`${typeName}.${fieldName}`)) return false;
  return isEmpty(effectiveRule(rules, schema, typeName, fieldName));
}

const ruleOfType = (rules: Rules, typeName: string): Rule => rules.types.get(typeName) ?? NO_RULE;

/** graphql-js keeps fields in an object without prototype, yet a schema built by hand may not. */
const ownField = <Field>(fields: Record<string, Field>, name: string): Field | undefined =>
  Object.hasOwn(fields, name) ? fields[name] : undefined;
