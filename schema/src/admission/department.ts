import type { DocumentNode } from 'graphql';
import { collectRules, type Rules } from '../rules/read.ts';
import { collectDataSubjects, type DataSubjects } from '../subjects/read.ts';
import type { Refusal } from './refusal.ts';

/** One department's schema, parsed. */
export interface DepartmentSchema {
  readonly name: string;
  readonly url: string;
  readonly document: DocumentNode;
}

/**
 * What composition would pass over in silence in one department's schema: empty sets (the product swallows them),
 * directives that only look like guards (dropped), guards written where none can hold, data subjects that do not exist.
 */
export function readDepartment(department: DepartmentSchema): {
  rules: Rules;
  subjects: DataSubjects;
  refusals: readonly Refusal[];
} {
  const { rules, refusals } = collectRules(department.document);
  const { subjects, refusals: unable } = collectDataSubjects(department.document);
  return {
    rules,
    subjects,
    refusals: [...refusals, ...unable].map((each) => ({
      ...each,
      message: `[${department.name}] ${each.message}`,
      department: department.name,
    })),
  };
}
