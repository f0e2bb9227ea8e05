import { type GraphQLSchema, isNonNullType } from 'graphql';
import { effectiveRule } from '../rules/effective.ts';
import type { Rules } from '../rules/read.ts';
import { isEmpty } from '../rules/rule.ts';
import { type Refusal, refusal } from './refusal.ts';

/**
 * Guarded root fields are nullable (AUTHORIZATION §1.9): a denied one that is not takes every other answer of the request
 * with it, and the emptiness of `data` tells what was denied.
 */
export function notNullableRoots(rules: Rules, schema: GraphQLSchema): readonly Refusal[] {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  return roots
    .flatMap((root) => (root ? Object.values(root.getFields()).map((field) => ({ root: root.name, field })) : []))
    .filter(({ root, field }) => isNonNullType(field.type) && !isEmpty(effectiveRule(rules, schema, root, field.name)))
    .map(({ root, field }) =>
      refusal(
        'GUARDED_ROOT_NOT_NULLABLE',
        `${root}.${field.name} được bảo vệ nên phải cho phép null: bỏ dấu «!» của ${field.type}`,
        `${root}.${field.name} is guarded and must be nullable: drop the "!" of ${field.type}`,
        { coordinate: `${root}.${field.name}` },
      ),
    );
}
