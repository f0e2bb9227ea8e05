import { runPart } from '../parts.ts';
import { serveDepartments } from './serve.ts';

export interface DepartmentsInput {
  readonly citizens: number;
}

/** The departments as a process of their own. */
const start = async ({ citizens }: DepartmentsInput) => {
  const { urls, calls } = await serveDepartments(citizens);
  return { ready: urls, questions: { calls: (_: null) => calls() } };
};
export type DepartmentsQuestions = Awaited<ReturnType<typeof start>>['questions'];

runPart(start);
