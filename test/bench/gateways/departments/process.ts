import { runPart } from '../parts.ts';
import { serveDepartments } from './serve.ts';

export interface DepartmentsInput {
  readonly citizens: number;
  /** Milliseconds before each answer; absent: none. */
  readonly delay?: number;
}

/** The departments as a process of their own. */
const start = async ({ citizens, delay }: DepartmentsInput) => {
  const { urls, calls } = await serveDepartments(citizens, delay);
  return { ready: urls, questions: { calls: (_: null) => calls() } };
};
export type DepartmentsQuestions = Awaited<ReturnType<typeof start>>['questions'];

runPart(start);
