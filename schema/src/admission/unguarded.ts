import { type GraphQLSchema, isObjectType } from 'graphql';
import { isUnguarded } from '../rules/effective.ts';
import type { Rules } from '../rules/read.ts';
import { type Refusal, refusal } from './refusal.ts';

/** Under `unguarded: refuse`, fields that nobody could ever read because a guard and the `public` tag were both forgotten. */
export function unguardedFields(rules: Rules, schema: GraphQLSchema): readonly Refusal[] {
  return Object.values(schema.getTypeMap())
    .filter((type) => isObjectType(type) && !type.name.startsWith('__'))
    .flatMap((type) => (isObjectType(type) ? Object.keys(type.getFields()).map((field) => [type.name, field]) : []))
    .filter(([type = '', field = '']) => isUnguarded(rules, schema, type, field))
    .map(([type, field]) =>
      refusal(
        'UNGUARDED',
        `${type}.${field} không có chỉ thị phân quyền; thêm @requiresScopes, hoặc @tag(name: "public") nếu là dữ liệu công khai`,
        `${type}.${field} has no guard; add @requiresScopes, or @tag(name: "public") if it is public`,
        { coordinate: `${type}.${field}` },
      ),
    );
}
