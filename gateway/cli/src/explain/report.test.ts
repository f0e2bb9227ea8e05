import { expect, test } from '@jest/globals';
import type { Explanation } from '@lienthong/server';
import { report } from './report.ts';

const NO_RULE = { authenticated: false, scopes: [], policies: [] };

const explanation: Explanation = {
  operation: 'query',
  caller: {
    kind: 'authenticated',
    issuer: 'https://issuer.example',
    client: 'mot-cua',
    org: 'H48',
    purpose: 'TTHC',
    scopes: ['a', 'b'],
  },
  outcome: { answer: 'filtered', codes: ['UNAUTHORIZED_FIELD_OR_TYPE'] },
  hash: 'f0'.repeat(32),
  cost: { cost: 17, budget: 5_000 },
  departments: ['citizens', 'health'],
  plan: 'QueryPlan {}',
  names: { lt_0: 'ai', $v0: '$n' },
  fields: [
    { coordinate: 'Query.open', path: 'open', permitted: true, required: NO_RULE, purposes: [] },
    {
      coordinate: 'C.diagnoses',
      path: 'ai.@.diagnoses',
      permitted: false,
      required: {
        authenticated: true,
        scopes: [['health:clinical:read', 'a'], ['health:clinical:read:bulk']],
        policies: [['purpose:EMERGENCY'], ['purpose:TREATMENT']],
      },
      missing: { scopes: [['health:clinical:read'], ['health:clinical:read:bulk']], policies: [['purpose:EMERGENCY']] },
      purposes: ['EMERGENCY', 'TREATMENT'],
    },
    { coordinate: 'D.code', path: 'ai.@.diagnoses.code', permitted: false, required: NO_RULE, purposes: [] },
    { coordinate: 'D.x', path: 'ai.@.x', permitted: false, missing: { closed: true }, purposes: [] },
  ],
};

test('a person reads how it ends, what it costs, who is asked, and what every field asks for', () => {
  expect(report(explanation, 'en')).toBe(`\
Operation          query
Caller             mot-cua · H48 (https://issuer.example); purpose TTHC; scopes a b
Answer             denied fields are null (UNAUTHORIZED_FIELD_OR_TYPE)
Cost / budget      17 / 5000
Departments asked  citizens, health

FIELD        PATH                    REQUIRED                               MISSING                                            PURPOSE THAT OPENS IT
Query.open   open                 ✓  public
C.diagnoses  ai.@.diagnoses       ✗  any token;                             health:clinical:read | health:clinical:read:bulk;  EMERGENCY | TREATMENT
                                     health:clinical:read + a               purpose:EMERGENCY
                                     | health:clinical:read:bulk;
                                     purpose:EMERGENCY | purpose:TREATMENT
D.code       ai.@.diagnoses.code  ✗  public                                 a field above is denied
D.x          ai.@.x               ✗                                         closed to every token: it has no rule

Plan:
QueryPlan {}

Private names in the plan:
  lt_0 = ai
  $v0 = $n
`);
});

test('in Vietnamese, with nobody asked', () => {
  const { plan: _, ...rest } = explanation;
  const text = report(
    {
      ...rest,
      caller: { kind: 'anonymous' },
      departments: [],
      names: {},
      outcome: { answer: 'refused', codes: ['LIMIT_COST'] },
    },
    'vi',
  );
  expect(text).toMatch(/^Thao tác +query\nNgười gọi +không có token\nTrả lời +từ chối cả yêu cầu \(LIMIT_COST\)\n/);
  expect(text).toMatch(/Sở, ngành được hỏi +không sở, ngành nào\n/);
  expect(text).not.toContain('Kế hoạch');
});

test('a scope that is held and does not count where it is asked for is told', () => {
  const field = {
    coordinate: 'C.name',
    path: 'me.mother.name',
    permitted: false,
    required: { ...NO_RULE, scopes: [['people:self:read']] },
    missing: { scopes: [['people:self:read']] },
    notHere: ['people:self:read'],
    purposes: [],
  };
  expect(report({ ...explanation, fields: [field] }, 'en')).toContain(
    '(people:self:read: held, but does not count here)',
  );
});
