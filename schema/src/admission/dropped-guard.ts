import type { Rules } from '../rules/read.ts';
import { implies, NO_RULE } from '../rules/rule.ts';
import { type Refusal, refusal } from './refusal.ts';

/**
 * A guard in one department guards everywhere (AUTHORIZATION §1.4): whatever a department wrote must stand, merged, in
 * the supergraph. Composition promises that; a release that broke the promise would open fields, so it is compared.
 */
export function droppedGuards(department: { name: string; rules: Rules }, supergraph: Rules): readonly Refusal[] {
  const written = [
    ...[...department.rules.fields].map(([coordinate, rule]) => ({ coordinate, rule, merged: supergraph.fields })),
    ...[...department.rules.types].map(([coordinate, rule]) => ({ coordinate, rule, merged: supergraph.types })),
  ];
  return written
    .filter(({ coordinate, rule, merged }) => !implies(merged.get(coordinate) ?? NO_RULE, rule))
    .map(({ coordinate }) =>
      refusal(
        'DROPPED_GUARD',
        `[${department.name}] ghép lược đồ đã làm mất chỉ thị phân quyền của ${coordinate}; kiểm tra @link và phiên bản công cụ`,
        `[${department.name}] composition dropped the guard of ${coordinate}; check its @link and the tool's version`,
        { coordinate, department: department.name },
      ),
    );
}
