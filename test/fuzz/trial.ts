import type { Principal, Replacements } from '@lienthong/server/testing';
import { type DocumentNode, type GraphQLFormattedError, parse } from 'graphql';

import type { Federation } from './federation.ts';
import { PURPOSES, SCOPES, SELF_SCOPES } from './model.ts';
import type { GeneratedOperation } from './operations.ts';
import { type Expected, expected } from './oracle.ts';
import type { Random } from './random.ts';
import { excess } from './traffic.ts';
import { VALUE } from './world.ts';
import type { Caller } from './written-rules.ts';

/** One operation asked by one caller. */
export interface Trial {
  readonly operation: GeneratedOperation;
  readonly document: DocumentNode;
  readonly caller: Caller;
}

/** What was wrong with one answer; the texts tell expected and got. */
export interface Finding {
  readonly what:
    | 'data'
    | 'denials'
    | 'traffic'
    | 'status'
    | 'other errors'
    | 'leak'
    | 'crash'
    | 'engines'
    | 'disclosed';
  readonly expected: string;
  readonly got: string;
  /** What the departments did wrong. */
  readonly faults?: string;
}

export interface Outcome {
  readonly finding?: Finding;
  /** What the oracle expected, for the figures. */
  readonly expected: Expected;
  readonly calls: number;
}

export const generateCaller = (random: Random): Caller => {
  if (random.chance(0.1)) return { authenticated: false, scopes: [] };
  const share = random.pick([0, 0.3, 0.6, 0.85, 1]);
  // One in four is a citizen; tokens that mix, as no issuer should make them, are among both.
  const citizen = random.chance(0.25);
  const scopes = SCOPES.filter(() => random.chance(citizen && random.chance(0.7) ? 0 : share));
  const self = SELF_SCOPES.filter(() => random.chance(citizen ? 0.75 : 0.2));
  return {
    authenticated: true,
    scopes: [...scopes, ...self],
    ...(citizen ? { citizen: 'k1.somebody' } : {}),
    ...(random.chance(0.6) ? { purpose: random.pick(PURPOSES) } : {}),
  };
};

/** Asks the product and the oracle, and compares everything that can be seen from outside. */
export const attempt = async (federation: Federation, trial: Trial, replacements?: Replacements): Promise<Outcome> => {
  const { operation, document, caller } = trial;
  const { gateway, monolith, rules, calls, log } = federation;
  const { operationName, variables } = operation;
  const want = await expected({ document, operationName, variables, caller }, monolith.schema, rules, monolith.run);
  federation.forget();
  const outcome = (finding?: Finding): Outcome => ({
    ...(finding ? { finding } : {}),
    expected: want,
    calls: calls.length,
  });
  let answer: Awaited<ReturnType<typeof gateway.ask>>;
  try {
    answer = await gateway.ask({ document, operationName, variables, principal: principalOf(caller) }, replacements);
  } catch (error) {
    return outcome({ what: 'crash', expected: 'an answer', got: String((error as Error).cause ?? error) });
  }
  const denials = (answer.errors ?? []).filter(({ extensions }) => extensions?.code === 'UNAUTHORIZED_FIELD_OR_TYPE');
  const others = (answer.errors ?? []).filter((error) => !denials.includes(error));
  const told = denials.map(({ extensions }) => `${extensions?.affectedPath} ${extensions?.coordinate}`).sort();
  const differ = (what: Finding['what'], one: unknown, other: unknown): Finding | undefined => {
    const [a, b] = [JSON.stringify(one) ?? 'absent', JSON.stringify(other) ?? 'absent'];
    return a === b ? undefined : { what, expected: a, got: b };
  };
  const visible = `${JSON.stringify(answer.errors ?? [])} ${log.join(' ')}`;
  return outcome(
    // Texts are compared, so that the order of the keys counts too.
    differ('other errors', [], others) ??
      differ('data', want.data, answer.data) ??
      differ('denials', want.denied, told) ??
      differ('status', 'data' in want ? undefined : 403, answer.status) ??
      differ('traffic', [], 'data' in want ? overreach(federation, want) : calls) ??
      differ('leak', null, VALUE.exec(visible)?.[0] ?? null),
  );
};

/**
 * Asks both engines, over departments that do what the faults make them do, and compares what callers see: data to the
 * byte, errors by code, place and text, in whatever order they come. What is known of the reference engine is allowed for
 * (docs/engines.md): positions in the paths of its errors, and errors below what a denial has taken away.
 */
export const compareEngines = async (
  federation: Federation,
  trial: Trial,
  faults?: string,
): Promise<Finding | undefined> => {
  const { gateway, calls } = federation;
  const reference = await federation.reference();
  const { operation, document, caller } = trial;
  const request = { document, operationName: operation.operationName, variables: operation.variables };
  const seen = async (asked: typeof gateway): Promise<Seen> => {
    federation.forget();
    try {
      const { data, errors = [], status } = await asked.ask({ ...request, principal: principalOf(caller) });
      return { data: JSON.stringify({ data, status }), errors };
    } catch (error) {
      return { data: `crash: ${String((error as Error).cause ?? error)}`, errors: [] };
    }
  };
  federation.faults.seed = faults;
  try {
    const [expected, got] = [await seen(reference), await seen(gateway)];
    const misplaced = got.errors.filter(({ path }) => path && leadsNowhere(JSON.parse(got.data).data, path));
    const same = expected.data === got.data && sameErrors(expected.errors, got.errors) && misplaced.length === 0;
    if (same) return undefined;
    const asked = calls.map(({ query }) => query).join(' ');
    return {
      what: 'engines',
      expected: JSON.stringify(expected),
      got: `${JSON.stringify(got)}\nmisplaced ${JSON.stringify(misplaced)}\n${asked}`,
      ...(faults === undefined ? {} : { faults }),
    };
  } finally {
    federation.faults.seed = undefined;
  }
};

interface Seen {
  readonly data: string;
  readonly errors: readonly GraphQLFormattedError[];
}

/** By code, department, text and place; `@` stands for every item of a list, so that each counts once. */
const sameErrors = (expected: Seen['errors'], got: Seen['errors']): boolean => {
  const told = ({ message, extensions }: GraphQLFormattedError): string => JSON.stringify([message, extensions]);
  const [ours, theirs] = [new Set(got.map(told)), new Set(expected.map(told))];
  const missing = expected.filter((error) => !ours.has(told(error)));
  const isDenied = got.some(({ extensions }) => extensions?.code === 'UNAUTHORIZED_FIELD_OR_TYPE');
  return (
    [...ours].every((each) => theirs.has(each)) &&
    missing.every(({ extensions }) => isDenied && extensions?.department === undefined)
  );
};

/** Whether a path names items that are not there: below a null there are none to be named. */
const leadsNowhere = (data: unknown, path: readonly (string | number)[]): boolean => {
  let value = data;
  for (const key of path) {
    if (value === null || value === undefined) return false;
    if (typeof key === 'number' && !Object.hasOwn(value, key)) return true;
    value = (value as Record<string | number, unknown>)[key];
  }
  return false;
};

const overreach = ({ calls, model, departments }: Federation, { asked }: Expected): string[] =>
  excess(calls, asked, model, departments);

export const principalOf = ({ authenticated, scopes, purpose, citizen }: Caller): Principal =>
  authenticated
    ? {
        kind: 'authenticated',
        issuer: 'https://issuer.example',
        subject: 'client',
        clientId: 'client',
        jti: 'jti',
        expiresAt: 4_102_444_800,
        scopes: new Set(scopes),
        claims: {},
        ...(purpose === undefined ? {} : { purpose }),
        ...(citizen === undefined ? {} : { citizen }),
      }
    : { kind: 'anonymous', scopes: new Set() };

export const documentOf = (operation: GeneratedOperation): DocumentNode => parse(operation.text, { noLocation: true });
