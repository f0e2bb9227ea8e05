import type { DocumentNode } from 'graphql';
import { collectRules, type Rules } from '../rules/read.ts';
import type { Refusal } from './refusal.ts';

/** One department's schema, parsed. */
export interface DepartmentSchema {
  readonly name: string;
  readonly url: string;
  readonly document: DocumentNode;
}

/**
 * What composition would pass over in silence in one department's schema: empty sets (the product swallows them),
 * directives that only look like guards (dropped), guards written where none can hold.
 */
export function readDepartment(department: DepartmentSchema): { rules: Rules; refusals: readonly Refusal[] } {
  const { rules, refusals } = collectRules(department.document);
  return {
    rules,
    refusals: refusals.map((each) => ({
      ...each,
      message: `[${department.name}] ${each.message}`,
      department: department.name,
    })),
  };
}
