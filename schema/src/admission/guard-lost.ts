import { type GraphQLSchema, isObjectType } from 'graphql';
import { effectiveRule } from '../rules/effective.ts';
import type { Rules } from '../rules/read.ts';
import { implies, NO_RULE, type Rule } from '../rules/rule.ts';
import { type Refusal, refusal } from './refusal.ts';

/** A supergraph with its rules and the schema callers see. */
export interface Version {
  readonly rules: Rules;
  readonly schema: GraphQLSchema;
}

/** A coordinate (`Type` or `Type.field`) that asks for less than it did. */
export interface LostGuard {
  readonly coordinate: string;
  readonly before: Rule;
  readonly after: Rule;
}

/** Guards lost from one version to the next, as refusals, but for those of `acknowledged` coordinates. */
export function lostGuards(previous: Version, next: Version, acknowledged: ReadonlySet<string>): readonly Refusal[] {
  return guardsLost(previous, next)
    .filter(({ coordinate }) => !acknowledged.has(coordinate))
    .map(({ coordinate }) =>
      refusal(
        'GUARD_LOST',
        `${coordinate} đòi ít hơn phiên bản trước; khôi phục chỉ thị, hoặc xác nhận bằng --acknowledge ${coordinate}`,
        `${coordinate} asks for less than in the previous version; restore its guard or confirm with --acknowledge ${coordinate}`,
        { coordinate },
      ),
    );
}

/**
 * Coordinates that survive from one version to the next with a rule that no longer implies the old one: a guard lost, by
 * mistake or on purpose. Interfaces follow from their implementing types.
 */
export const guardsLost = (previous: Version, next: Version): readonly LostGuard[] => [...compare(previous, next)];

function* compare(previous: Version, next: Version): Generator<LostGuard> {
  for (const [coordinate, before] of previous.rules.types) {
    const survives = next.schema.getType(coordinate) !== undefined;
    const after = next.rules.types.get(coordinate) ?? NO_RULE;
    if (survives && !implies(after, before)) yield { coordinate, before, after };
  }
  for (const type of Object.values(previous.schema.getTypeMap())) {
    const now = next.schema.getType(type.name);
    if (!isObjectType(type) || !isObjectType(now) || type.name.startsWith('__')) continue;
    const fields = now.getFields();
    for (const fieldName of Object.keys(type.getFields())) {
      if (!Object.hasOwn(fields, fieldName)) continue;
      const before = effectiveRule(previous.rules, previous.schema, type.name, fieldName);
      const after = effectiveRule(next.rules, next.schema, type.name, fieldName);
      if (!implies(after, before)) yield { coordinate: `${type.name}.${fieldName}`, before, after };
    }
  }
}
