import { setImmediate } from 'node:timers/promises';

import type { Disclosed, InProcessAnswer } from '@lienthong/server/testing';
import { validate } from 'graphql';

import { withConcerns } from './concerns.ts';
import { type Federation, generateFederation } from './federation.ts';
import { generateModel, PURPOSES, SCOPES } from './model.ts';
import { generateOperation } from './operations.ts';
import { type Expected, type ExpectedDisclosure, expected, expectedDisclosure } from './oracle.ts';
import { Random } from './random.ts';
import { documentOf, type Finding, generateCaller, principalOf, type Trial } from './trial.ts';
import { thingOf } from './world.ts';
import type { Caller } from './written-rules.ts';

/** The code of an answer that is withheld because it is not known whose data it holds. */
const WITHHELD = 'LEDGER_SUBJECT_UNKNOWN';

/** Which engine, and what departments do wrong. */
export interface Way {
  readonly engine: 'compiled' | 'apollo';
  readonly faults?: string;
}

/** How much was proven. */
export interface DisclosureFigures {
  schemas: number;
  operations: number;
  /** Answers looked at: of each operation by both engines, cold, hot, and over departments that fail. */
  answers: number;
  pairs: number;
  passed: number;
  withheld: number;
  /** With somebody in them, over departments that failed. */
  failing: number;
  /** Of sound departments, other than the oracle's: that is for fuzz.test.ts to judge (docs/fuzzing.md). */
  differing: number;
}

export const noDisclosures = (): DisclosureFigures => ({
  schemas: 0,
  operations: 0,
  answers: 0,
  pairs: 0,
  passed: 0,
  withheld: 0,
  failing: 0,
  differing: 0,
});

export interface DisclosurePlan {
  readonly seed: string;
  readonly operations: number;
  readonly perSchema: number;
  /** Operations that the reference engine is asked too: each costs it as much as three others. */
  readonly compared: number;
}

export interface DisclosureFailure {
  readonly federation: Federation;
  readonly trial: Trial;
  readonly finding: Finding;
  readonly at: string;
}

/** Asks as many operations as planned, each in every way; yields what is wrong as soon as it is found. */
export async function* runDisclosures(
  plan: DisclosurePlan,
  figures: DisclosureFigures,
): AsyncGenerator<DisclosureFailure> {
  for (let schema = 0; figures.operations < plan.operations; schema++) {
    const federation = await generateFederation(`${plan.seed}/${schema}`, new Map(), (seed) =>
      withConcerns(generateModel(seed)),
    );
    figures.schemas++;
    const end = Math.min(plan.operations, figures.operations + plan.perSchema);
    try {
      for (let number = 0; figures.operations < end; number++) {
        await setImmediate();
        const at = `${schema}/${number}`;
        const trial = trialOf(federation, `${plan.seed}/${at}`);
        if (!trial) continue;
        figures.operations++;
        const finding = await judgeDisclosure(federation, trial, enginesOf(plan, figures), at, figures);
        if (finding) yield { federation, trial, finding, at };
      }
    } finally {
      await federation.close();
    }
  }
}

const enginesOf = ({ compared }: DisclosurePlan, { operations }: DisclosureFigures): readonly Way['engine'][] =>
  operations <= compared ? ['compiled', 'apollo'] : ['compiled'];

const trialOf = ({ monolith }: Federation, seed: string): Trial | undefined => {
  const random = new Random(seed);
  const operation = generateOperation(monolith.schema, random);
  const document = documentOf(operation);
  if (validate(monolith.schema, document, undefined, { maxErrors: 1 }).length > 0) return undefined;
  return { operation, document, caller: callerOf(random) };
};

/** Mostly somebody who may have much: of what is denied nothing is disclosed. */
const callerOf = (random: Random): Caller =>
  random.chance(0.35)
    ? generateCaller(random)
    : { authenticated: true, scopes: SCOPES.filter(() => random.chance(0.9)), purpose: random.pick(PURPOSES) };

/** One operation by each engine: cold, hot, over departments that fail. */
const judgeDisclosure = async (
  federation: Federation,
  trial: Trial,
  engines: readonly Way['engine'][],
  faults: string,
  figures: DisclosureFigures,
): Promise<Finding | undefined> => {
  const known = await knowledgeOf(federation, trial);
  for (const engine of engines) {
    for (const way of [{ engine }, { engine }, { engine, faults }]) {
      const finding = await judge(federation, trial, known, way, figures);
      if (finding) return finding;
    }
  }
  return undefined;
};

/** What the oracle knows of an operation before the gateway is asked. */
interface Knowledge {
  readonly want: Expected;
  readonly disclosureOf: (data: unknown) => ExpectedDisclosure;
}

const knowledgeOf = async ({ monolith, rules, model }: Federation, trial: Trial): Promise<Knowledge> => {
  const { operation, document, caller } = trial;
  const { operationName, variables } = operation;
  const { concerns } = model;
  if (!concerns) throw new TypeError('a model that knows no people');
  const asked = { document, operationName, variables, caller };
  const want = await expected(asked, monolith.schema, rules, monolith.run);
  const { whose } = await monolith.witness(document, variables, operationName);
  return {
    want,
    disclosureOf: (data) => expectedDisclosure(asked, monolith.schema, rules, { concerns, whose, data }),
  };
};

const judge = async (
  federation: Federation,
  { operation, document, caller }: Trial,
  { want, disclosureOf }: Knowledge,
  { engine, faults }: Way,
  figures: DisclosureFigures,
): Promise<Finding | undefined> => {
  const { operationName, variables } = operation;
  federation.forget();
  federation.faults.seed = faults;
  let answer: InProcessAnswer;
  try {
    const gateway = engine === 'compiled' ? federation.gateway : await federation.reference();
    answer = await gateway.ask({ document, operationName, variables, principal: principalOf(caller) });
  } catch (error) {
    return { what: 'crash', expected: 'an answer', got: String((error as Error).cause ?? error) };
  } finally {
    federation.faults.seed = undefined;
  }
  const differ = (what: Finding['what'], wanted: unknown, got: unknown): Finding | undefined => {
    const [one, other] = [JSON.stringify(wanted) ?? 'absent', JSON.stringify(got) ?? 'absent'];
    return one === other
      ? undefined
      : { what, expected: one, got: `${engine}: ${other}`, ...(faults ? { faults } : {}) };
  };
  figures.answers++;
  if (!('data' in want)) return differ('disclosed', undefined, answer.disclosed);

  if (faults === undefined && differ('data', want.data, answer.data)) {
    figures.differing++;
    return undefined;
  }
  const isWithheld = answer.errors?.some(({ extensions }) => extensions?.code === WITHHELD) ?? false;
  // Who survives over departments that fail is seen in the answer; whose each object is, the monolith knows.
  const disclosure = disclosureOf(faults === undefined ? want.data : isWithheld ? undefined : answer.data);
  const passed = passedTo(federation);
  figures.pairs += disclosure.pairs.size;
  figures.passed += passed.length;
  if (isWithheld) figures.withheld++;
  if (faults !== undefined && disclosure.pairs.size > 0) figures.failing++;
  return (
    differ('disclosed', wanted(disclosure), told(answer.disclosed)) ??
    // Of whom something was passed on may be what is not known.
    (isWithheld ? undefined : differ('disclosed', passed, toldPassed(answer.disclosed)))
  );
};

const wanted = ({ pairs, coordinates }: ExpectedDisclosure) => [[...pairs].sort(), [...coordinates].sort()];

const told = (disclosed: Disclosed | undefined) => {
  if (!disclosed) return undefined;
  const pairs = [...disclosed.entries].flatMap(([person, coordinates]) =>
    coordinates.map((each) => `${person} ${each}`),
  );
  return [pairs.sort(), disclosed.coordinates];
};

const toldPassed = (disclosed: Disclosed | undefined) =>
  [...(disclosed?.passed ?? [])]
    .flatMap(([person, inputs]) => inputs.map((input) => `${person} ${input.coordinate} ${input.department}`))
    .sort();

/** What departments were told besides keys, and of whom, by what they received. */
const passedTo = ({ calls, model, rules, world, monolith }: Federation): string[] => {
  const found = new Set<string>();
  for (const { department, variables } of calls) {
    for (const [variable, representations] of Object.entries(variables)) {
      if (!/^representations(?:_\d+)?$/.test(variable) || !Array.isArray(representations)) continue;
      for (const representation of representations as Record<string, unknown>[]) {
        const thing = thingOf(representation);
        const object = model.objects.find(({ name }) => name === thing.__typename);
        const keys = object?.departments.get(department) ?? ['id'];
        for (const name of Object.keys(representation)) {
          const returned = object?.fields.find((field) => field.name === name)?.type.replaceAll(/\W/g, '');
          if (returned === undefined || keys.includes(name)) continue;
          if (!rules.guards(thing.__typename, name, returned)) continue;
          for (const person of world.people(thing, monolith.schema)) {
            found.add(`${person} ${thing.__typename}.${name} ${department}`);
          }
        }
      }
    }
  }
  return [...found].sort();
};

/** Everything that a reader needs to see one failure again. */
export const describeDisclosure = ({ federation, trial, finding, at }: DisclosureFailure): string =>
  [
    `schema/operation ${at}: ${finding.what}${finding.faults === undefined ? '' : ', over departments that fail'}`,
    ...[...federation.sdl].map(([name, text]) => `--- ${name} (unguarded: ${federation.model.unguarded})\n${text}`),
    `--- caller ${JSON.stringify(trial.caller)}`,
    `--- operation ${trial.operation.operationName ?? ''} ${JSON.stringify(trial.operation.variables)}`,
    trial.operation.text,
    `--- calls\n${federation.calls.map(({ department, ...call }) => `${department}: ${JSON.stringify(call)}`).join('\n')}`,
    `--- expected\n${finding.expected}`,
    `--- got\n${finding.got}`,
  ].join('\n');
