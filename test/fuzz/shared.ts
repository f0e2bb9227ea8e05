import { setImmediate } from 'node:timers/promises';

import { type InProcessSettings, inProcess, type Principal } from '@lienthong/server/testing';
import { type DocumentNode, Kind, parse, print, validate } from 'graphql';

import type { Federation } from './federation.ts';
import { SCOPES } from './model.ts';
import { generateOperation } from './operations.ts';
import { hash, Random } from './random.ts';
import { documentOf, generateCaller, principalOf } from './trial.ts';
import type { Caller } from './written-rules.ts';

/** One of many requests at once. */
interface Request {
  readonly document: DocumentNode;
  readonly operationName: string | null;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly principal: Principal;
  /** Turns of the event loop before it comes. */
  readonly after: number;
}

/** What many requests at once were answered, and what departments saw of it. */
export interface Seen {
  /** Data, status, errors and what is recorded as disclosed, by request. */
  readonly answers: string[];
  /** What a department was asked about, and on whose behalf. */
  readonly asked: Set<string>;
  /** Data of one caller in what another one is told or a department is told for him. */
  readonly strangers: string[];
  calls: number;
  writes: number;
}

type Authenticated = Extract<Principal, { kind: 'authenticated' }>;
type Departments = InProcessSettings['departments'];

/**
 * Departments that tell each caller values of his own: every text of the data carries who it was told to. What they are
 * handed has to be marked with the caller that the token names.
 */
const marking =
  (departments: Departments, seen: Seen): Departments =>
  (department) => {
    const run = departments(department);
    return async (query, variables, token) => {
      const own = markOf(token);
      seen.calls += 1;
      if (query.startsWith('mutation')) seen.writes += 1;
      const given = JSON.stringify(variables);
      seen.strangers.push(...marksIn(given).filter((mark) => mark !== own));
      for (const [name, list] of Object.entries(variables)) {
        if (!name.startsWith('representations')) continue;
        for (const each of list as object[]) seen.asked.add(JSON.stringify([department.name, token, each]));
      }
      for (let turns = hash(given) % 3; turns > 0; turns -= 1) await setImmediate();
      const answer = await run(query, JSON.parse(given.replaceAll(/\|\w+⟧/g, '⟧')), token);
      const text = typeof answer === 'string' ? answer : JSON.stringify(answer);
      return text.replaceAll('⟧', `|${own}⟧`);
    };
  };

const marksIn = (text: string): string[] => [...text.matchAll(/\|(\w+)⟧/g)].map(([, mark = '']) => mark);

/** Who a token is for: the same towards every department, which is told those scopes alone that it knows. */
const markOf = (token: string): string => {
  const [, claims] = JSON.parse(token.replace('Bearer ', ''));
  return mark(claims.sub, claims.purpose, claims.legal_basis, claims.case_id, claims.citizen);
};

const ownMark = (principal: Principal): string => {
  const { subject, purpose, legalBasis, caseId, citizen }: Partial<Authenticated> =
    principal.kind === 'authenticated' ? principal : {};
  return mark(subject, purpose, legalBasis, caseId, citizen);
};

const mark = (...who: readonly (string | undefined)[]): string => hash(JSON.stringify(who)).toString(36);

/** Callers that are alike but for one thing each. */
const callers = (caller: Caller): readonly Principal[] => {
  const first = principalOf({ ...caller, authenticated: true });
  if (first.kind === 'anonymous') return [first];
  const { purpose: _, ...without } = first;
  const [scope] = first.scopes;
  return [
    first,
    // Equal, and another object.
    { ...first, jti: 'another' },
    without,
    { ...first, purpose: 'another' },
    { ...first, caseId: 'case' },
    { ...first, legalBasis: 'case' },
    { ...first, citizen: 'k1.another' },
    { ...first, subject: 'another' },
    { ...first, scopes: new Set([...first.scopes].filter((each) => each !== scope)) },
    principalOf({ authenticated: false, scopes: [] }),
  ];
};

const DENSE = [
  'query ($of: String) { people(of: $of) { id born name } }',
  'query ($of: String) { people(of: $of) { id name greeting } }',
  'query ($of: String, $style: String) { people(of: $of) { born written(style: $style) } }',
  'query ($of: String) { other: people(of: $of) { one: name two: shown } person(of: $of) { name shown } }',
  'mutation ($of: String) { move(to: $of) { name } }',
].map((text) => parse(text, { noLocation: true }));

/** Requests to the few departments of `dense.ts`: about overlapping people. */
export const denseCrowd = (seed: string, size: number): readonly Request[] => {
  const random = new Random(seed);
  const principals = callers({ authenticated: true, scopes: SCOPES, purpose: 'purpose' });
  return Array.from({ length: size }, () => ({
    document: random.pick(DENSE),
    operationName: null,
    variables: { of: String(random.int(0, 11)), style: random.pick(['a', 'b']) },
    principal: random.pick(principals),
    after: random.int(0, 2),
  }));
};

/** Many requests for few operations by few callers, so that much of it is alike. */
export const crowd = (federation: Federation, seed: string, size: number): readonly Request[] => {
  const random = new Random(seed);
  const { schema } = federation.monolith;
  const operations = Array.from({ length: 6 }, () => generateOperation(schema, random))
    .map((operation) => ({ ...operation, document: documentOf(operation) }))
    .filter(({ document }) => validate(schema, document, undefined, { maxErrors: 1 }).length === 0);
  if (operations.length === 0) return [];
  const principals = callers(generateCaller(random));
  return Array.from({ length: size }, () => {
    const { document, operationName, variables } = random.pick(operations);
    const after = random.int(0, 4);
    return {
      document,
      operationName,
      variables: varied(document, variables, random),
      principal: random.pick(principals),
      after,
    };
  });
};

/** The same question about something else: only texts are changed, whose every value is one. */
const varied = (document: DocumentNode, variables: Request['variables'], random: Random): Request['variables'] => {
  const texts = document.definitions.flatMap((node) =>
    node.kind === Kind.OPERATION_DEFINITION
      ? (node.variableDefinitions ?? [])
          .filter(({ type }) => /^(String|ID)!?$/.test(print(type)))
          .map(({ variable }) => variable.name.value)
      : [],
  );
  const change = ([name, value]: [string, unknown]) =>
    texts.includes(name) && typeof value === 'string'
      ? [name, `${value}${random.pick(['', 'a', 'b', 'c'])}`]
      : [name, value];
  return Object.fromEntries(Object.entries(variables).map(change));
};

/** Asks all of them at once. */
export const askAll = async (
  settings: InProcessSettings,
  requests: readonly Request[],
  how: Pick<InProcessSettings, 'engine' | 'sharing'>,
): Promise<Seen> => {
  const seen: Seen = { answers: [], asked: new Set(), strangers: [], calls: 0, writes: 0 };
  const departments = marking(settings.departments, seen);
  const gateway = await inProcess({ ...settings, ...how, departments });
  try {
    const answers = await Promise.all(
      requests.map(async ({ after, ...request }) => {
        for (let turns = after; turns > 0; turns -= 1) await setImmediate();
        const { data, status, errors = [], disclosed } = await gateway.ask(request);
        const told = errors.map((error) => JSON.stringify(error)).sort();
        const recorded = disclosed && [
          [...disclosed.entries].sort(),
          [...disclosed.passed].sort(),
          disclosed.coordinates,
        ];
        const text = JSON.stringify([data, status, told, recorded]);
        return { text, marks: new Set(marksIn(text)), own: ownMark(request.principal) };
      }),
    );
    for (const { text, marks, own } of answers) {
      seen.answers.push(text);
      seen.strangers.push(...[...marks].filter((mark) => mark !== own));
    }
  } finally {
    await gateway.close();
  }
  return seen;
};
