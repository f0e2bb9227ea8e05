import { setImmediate } from 'node:timers/promises';

import type { Replacements } from '@lienthong/server/testing';
import { validate } from 'graphql';

import { type Federation, generateFederation, type Refusals } from './federation.ts';
import { generateOperation } from './operations.ts';
import { Random } from './random.ts';
import {
  attempt,
  compareEngines,
  documentOf,
  type Finding,
  generateCaller,
  type Outcome,
  type Trial,
} from './trial.ts';

export interface Plan {
  readonly seed: string;
  readonly operations: number;
  /** Operations asked of one schema before the next one is generated. */
  readonly perSchema: number;
  /** Operations that the reference engine is asked too, and both engines once more over departments that fail. */
  readonly engines?: number;
}

/** How much was proven: a run that denies nothing, or everything, proves nothing. */
export interface Figures {
  schemas: number;
  refusedSchemas: Refusals;
  operations: number;
  /** Operations thrown away because they were not valid GraphQL. */
  invalid: number;
  partly: number;
  nothingLeft: number;
  whole: number;
  refusedWrites: number;
  servedWrites: number;
  denials: number;
  calls: number;
  /** Asked of both engines, over sound departments and over failing ones. */
  compared: number;
}

export interface Failure {
  readonly federation: Federation;
  readonly trial: Trial;
  readonly finding: Finding;
  /** Schema and operation number: what `--only` takes. */
  readonly at: string;
}

export const noFigures = (): Figures => ({
  schemas: 0,
  refusedSchemas: new Map(),
  operations: 0,
  invalid: 0,
  partly: 0,
  nothingLeft: 0,
  whole: 0,
  refusedWrites: 0,
  servedWrites: 0,
  denials: 0,
  calls: 0,
  compared: 0,
});

/** Asks as many operations as planned; yields a failure as soon as it is found, and goes on when asked to. */
export async function* run(plan: Plan, figures: Figures, replacements?: Replacements): AsyncGenerator<Failure> {
  for (let schema = 0; figures.operations < plan.operations; schema++) {
    const federation = await generateFederation(`${plan.seed}/${schema}`, figures.refusedSchemas);
    figures.schemas++;
    const end = Math.min(plan.operations, figures.operations + plan.perSchema);
    try {
      for (let number = 0; figures.operations < end; number++) {
        // Everything here runs on microtasks; timers (progress, a test's time limit) want a turn.
        await setImmediate();
        for (const trial of trials(federation, `${plan.seed}/${schema}/${number}`, figures)) {
          const at = `${schema}/${number}`;
          const outcome = await attempt(federation, trial, replacements);
          count(figures, trial, outcome);
          const both = !outcome.finding && figures.compared < (plan.engines ?? 0);
          const finding = both ? await bothEngines(federation, trial, at, figures) : outcome.finding;
          if (finding) yield { federation, trial, finding, at };
          if (figures.operations >= end) break;
        }
      }
    } finally {
      await federation.close();
    }
  }
}

const bothEngines = async (
  federation: Federation,
  trial: Trial,
  at: string,
  figures: Figures,
): Promise<Finding | undefined> => {
  figures.compared++;
  return (await compareEngines(federation, trial)) ?? compareEngines(federation, trial, at);
};

/** The operations of one schema of a run again, or one of them alone: `190` or `190/43`. */
export async function* replay(seed: string, at: string, operations: number): AsyncGenerator<Failure> {
  const [schema = '', only] = at.split('/');
  const federation = await generateFederation(`${seed}/${schema}`);
  const numbers = only === undefined ? Array.from({ length: operations }, (_, number) => String(number)) : [only];
  try {
    for (const number of numbers) {
      const figures = noFigures();
      for (const trial of trials(federation, `${seed}/${schema}/${number}`, figures)) {
        const at = `${schema}/${number}`;
        const finding =
          (await attempt(federation, trial)).finding ?? (await bothEngines(federation, trial, at, figures));
        if (finding) yield { federation, trial, finding, at: `${schema}/${number}` };
      }
    }
  } finally {
    await federation.close();
  }
}

/** One generated operation and its callers: now and then two of them ask the same text, one after the other. */
function* trials(federation: Federation, seed: string, figures: Figures): Generator<Trial> {
  const random = new Random(seed);
  const { schema } = federation.monolith;
  const operation = generateOperation(schema, random);
  const document = documentOf(operation);
  if (validate(schema, document, undefined, { maxErrors: 1 }).length > 0) {
    figures.invalid++;
    return;
  }
  for (let callers = random.chance(0.25) ? 2 : 1; callers > 0; callers--) {
    yield { operation, document, caller: generateCaller(random) };
  }
}

const count = (figures: Figures, { document }: Trial, { expected, calls }: Outcome): void => {
  figures.operations++;
  figures.calls += calls;
  figures.denials += expected.denied.length;
  const write = document.definitions.some((node) => 'operation' in node && node.operation === 'mutation');
  if (!('data' in expected)) figures.refusedWrites++;
  else if (write) figures.servedWrites++;
  if (expected.denied.length === 0) figures.whole++;
  else if (calls === 0) figures.nothingLeft++;
  else figures.partly++;
};
