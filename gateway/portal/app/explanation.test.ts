import { describe, expect, test } from '@jest/globals';
import { deniedFirst, type ExplainedField, explanationOf, neededFor } from './explanation.ts';

const NO_RULE = { closed: false, authenticated: false, scopes: [], policies: [] };

const data = {
  operation: 'query',
  caller: { kind: 'anonymous' },
  outcome: { answer: 'filtered', codes: ['UNAUTHORIZED_FIELD_OR_TYPE'] },
  cost: { cost: 2, budget: 5_000 },
  departments: ['citizens'],
  plan: 'QueryPlan {}',
  names: { lt_0: 'ai' },
  fields: [
    { path: 'ai', coordinate: 'Query.citizen', permitted: true, required: NO_RULE, purposes: [] },
    {
      path: 'ai.diagnoses',
      coordinate: 'Citizen.diagnoses',
      permitted: false,
      required: { authenticated: false, scopes: [['h']], policies: [['purpose:A'], ['purpose:B']] },
      missing: { scopes: [['h']], policies: [['purpose:A'], ['purpose:B']] },
      purposes: ['A', 'B'],
    },
    { path: 'ai.x', coordinate: 'Citizen.x', permitted: false, missing: { closed: true }, purposes: [] },
  ],
};

test('reads an explanation', () => {
  const { outcome, caller: _, cost, names: __, ...others } = data;
  expect(explanationOf({ data })).toEqual({
    ...others,
    ...outcome,
    ...cost,
    names: [['lt_0', 'ai']],
    fields: [
      { ...data.fields[0], notHere: [] },
      {
        ...data.fields[1],
        required: { ...data.fields[1]?.required, closed: false },
        missing: { ...data.fields[1]?.missing, closed: false, authenticated: false },
        notHere: [],
      },
      { ...data.fields[2], missing: { ...NO_RULE, closed: true }, notHere: [] },
    ],
  });
  expect(explanationOf({ data: { ...data, plan: undefined } })).not.toHaveProperty('plan');
});

test.each([null, {}, { errors: [] }, { data: null }, { data: { ...data, fields: 1 } }])('%j is none', (body) => {
  expect(explanationOf(body)).toBeUndefined();
});

const field = (
  path: string,
  missing?: Partial<ExplainedField['missing']>,
  purposes: string[] = [],
): ExplainedField => ({
  path,
  coordinate: path,
  permitted: missing === undefined,
  ...(missing ? { missing: { ...NO_RULE, ...missing } } : {}),
  notHere: [],
  purposes,
});

test('denied fields come first, each group in the order of the query', () => {
  const fields = [field('a'), field('b', { scopes: [['s']] }), field('c'), field('d', { scopes: [['s']] })];
  expect(deniedFirst(fields).map(({ path }) => path)).toEqual(['b', 'd', 'a', 'c']);
});

describe('what to ask for', () => {
  test('of alternatives what adds least, given what is asked for anyway', () => {
    const fields = [
      field('person', { scopes: [['x'], ['y', 'z'], ['basic']] }),
      field('name', { scopes: [['basic']] }),
      field('list', { scopes: [['basic', 'bulk']] }),
    ];
    expect(neededFor(fields)).toEqual({ scopes: ['basic', 'bulk'], purposes: [], closed: 0 });
  });

  test('nothing where all is permitted', () => {
    expect(neededFor([field('a')])).toEqual({ scopes: [], purposes: [], closed: 0 });
  });

  test('a token has one purpose: only what meets every policy is named', () => {
    const policies = [['purpose:?']];
    const clinical = field('diagnoses', { policies }, ['EMERGENCY', 'TREATMENT']);
    expect(neededFor([clinical, field('x', { policies }, ['TREATMENT'])]).purposes).toEqual(['TREATMENT']);
    expect(neededFor([clinical, field('x', { policies }, ['LANDTX'])]).purposes).toEqual([]);
  });

  test('fields that no token opens are counted', () => {
    expect(neededFor([field('a', { closed: true }), field('b', { closed: true })]).closed).toBe(2);
  });
});
