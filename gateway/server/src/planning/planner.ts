import type { QueryPlan } from '@apollo/query-planner';
import { type DocumentNode, print } from 'graphql';

import { PublicError } from '../errors.ts';
import { redactNumbers } from '../execution/redact.ts';
import { Remembered } from '../remembered/remembered.ts';
import { type Trace, traced } from '../telemetry/trace.ts';
import { contextsInOrder } from './context-order.ts';
import { plannersCopy } from './copy.ts';
import type { Made } from './library.js';
import { Plans, planPart } from './plans.ts';
import { tooMuch } from './refusal.ts';
import type { RequiredFields } from './required-fields.ts';
import { restorePlan } from './restore.ts';
import type { Version } from './thread.ts';

export type { QueryPlan } from '@apollo/query-planner';

/** Plans operations over one version of the supergraph. Every engine runs these plans, so all of them are right or none. */
export interface Planner {
  /**
   * The plan of a permitted operation in private names. It is shared and must not be changed.
   *
   * @param shape tells documents apart: equal ones may share a plan, others never
   * @param trace of the request that asks; told of where the plan is not there yet
   * @throws PublicError LIMIT_PLANNING, PLANNING_BUSY, SHUTTING_DOWN; OPERATION_UNRESOLVABLE where no department can answer
   */
  plan(document: DocumentNode, shape: string, trace?: Trace): Promise<QueryPlan>;
  /** The length of a plan's JSON. */
  sizeOf(plan: QueryPlan): number;
  /** Names that plans give to what a @requires reads with arguments, and the fields that they stand for. */
  readonly requiredFields: RequiredFields['names'];
  close(): void;
}

/** Where plans are made: the planning threads, or the caller's own. */
export interface PlanMakers {
  /** Milliseconds for one plan. */
  readonly budget: number;
  /** Reads a supergraph; returns how to name it. */
  load(version: Version): Promise<number>;
  plan(version: number, text: string): Promise<Made>;
  unload(version: number): void;
}

/**
 * Reads a supergraph to be planned by.
 *
 * @param strippedSdl the supergraph without authorization directives, which the library refuses to load with
 * @param remembered where plans are kept
 * @throws Error where the planner refuses the supergraph
 */
export const createPlanner = async (
  strippedSdl: string,
  threads: PlanMakers,
  remembered = new Remembered(ALONE),
): Promise<Planner> => {
  const { sdl: copy, required } = plannersCopy(strippedSdl);
  const version = await threads.load({ sdl: strippedSdl, copy });
  const plans = new Plans(planPart(remembered));
  const sizes = new WeakMap<QueryPlan, number>();
  return {
    async plan(document, shape, trace) {
      const { plan, length } = await plans.get(shape, () =>
        traced(trace, 'plan', async () =>
          readPlan(await threads.plan(version, print(document)), required, threads.budget),
        ),
      );
      sizes.set(plan, length);
      return plan;
    },
    sizeOf: (plan) => sizes.get(plan) ?? 0,
    requiredFields: required.names,
    close: () => {
      plans.close();
      threads.unload(version);
    },
  };
};

/** Bytes of plans, where nothing else is remembered with them. */
const ALONE = 64 * 1_024 * 1_024;

/** The length of the JSON of a plan beyond which nobody reads it: the largest honest one has some hundred thousand. */
const MAX_PLAN = 8 * 1024 * 1024;

/** @throws PublicError, or an Error for the log: what the library says may quote the operation, and so a personal number */
const readPlan = (made: Made, required: RequiredFields, budget: number) => {
  if ('refused' in made) {
    throw made.refused === 'paths' ? tooMuch('paths', budget) : new Error(redactNumbers(made.message));
  }
  if (made.plan.length > MAX_PLAN) throw tooMuch('memory', budget);
  const plan = contextsInOrder(restorePlan(JSON.parse(made.plan) as QueryPlan, required));
  // An empty plan would be answered with a silent null; a permitted operation always has something to ask.
  if (!plan.node) throw new PublicError('OPERATION_UNRESOLVABLE');
  return { plan, length: made.plan.length };
};
