import type { GraphQLSchema } from 'graphql';
import type { Logger } from 'pino';

import type { Planner } from '../planning/planner.ts';
import type { Remembered } from '../remembered/remembered.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { KeptAnswers } from './calls-under-way.ts';
import { CompiledEngine } from './compiled/engine.ts';
import type { DepartmentSource } from './department-source.ts';
import type { Engine } from './engine.ts';
import { planOnly } from './plan-only.ts';

export interface DefaultEngineParts {
  readonly planner: Planner;
  /** The supergraph without authorization directives. */
  readonly strippedSdl: string;
  /** The same as graphql-js has it: fields that callers cannot see are fetched too. */
  readonly supergraphSchema: GraphQLSchema;
  /** What callers see. */
  readonly schema: GraphQLSchema;
  readonly sourceOf: (department: string) => DepartmentSource;
  readonly keptAnswers: KeptAnswers;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Where compiled plans are kept. */
  readonly remembered: Remembered;
}

/**
 * The default engine. What it does not compile (docs/engines.md) the reference engine runs, which is loaded when the first
 * such operation comes.
 */
export const compiledEngine = (parts: DefaultEngineParts): Engine => {
  const compiled = new CompiledEngine(parts);
  const sources = ({ name }: { readonly name: string }) => parts.sourceOf(name);
  let reference: Promise<Engine> | undefined;
  return {
    ...planOnly(parts.planner),
    compile: (shape, trace) => compiled.compile(shape, trace),
    async execute(execution) {
      parts.metrics.referenceEngine();
      reference ??= import('./apollo-engine.ts').then(({ apolloEngine }) => apolloEngine({ ...parts, sources }));
      return (await reference).execute(execution);
    },
    async close() {
      compiled.close();
      parts.planner.close();
    },
  };
};
