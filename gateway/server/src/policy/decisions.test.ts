import { describe, expect, test } from '@jest/globals';
import { buildSchema, getOperationAST, parse } from 'graphql';

import { prepareOperation } from '../operation/prepare.ts';
import { Decisions } from './decisions.ts';
import { Guards } from './guards.ts';
import { anonymous, type Principal } from './principal.ts';

const schema = buildSchema('type Query { a: Int  b: Int  c: Int  d: Int }');
const rule = (scopes: string[][], policies: string[][] = [], authenticated = false) => ({
  scopes,
  policies,
  authenticated,
});
const rules = {
  fields: new Map([
    ['Query.a', rule([['x', 'y']])],
    ['Query.b', rule([['x,y']])],
    ['Query.c', rule([], [['night']])],
    ['Query.d', rule([], [], true)],
  ]),
  types: new Map(),
  open: new Set<string>(),
};
const guards = new Guards(rules, schema, 'allow');

const operationOf = (text: string) => {
  const document = parse(text);
  const ast = getOperationAST(document);
  if (!ast) throw new Error('no operation');
  return prepareOperation(schema, document, ast);
};

const caller = (...scopes: string[]) => ({
  kind: 'authenticated' as const,
  issuer: 'i',
  subject: 's',
  clientId: 'c',
  jti: 'j',
  expiresAt: 0,
  scopes: new Set(scopes),
  claims: {},
});

const operation = operationOf('query ($no: Boolean = false) { a b c d extra: d @include(if: $no) }');

describe('a decision', () => {
  const decisions = new Decisions(rules);
  const decide = (principal: Principal, policies: string[] = [], no = false) =>
    decisions.decide({ operation, principal, policies: new Set(policies), variables: new Map([['no', no]]), guards });
  const denied = (...args: Parameters<typeof decide>) => decide(...args).denials.map(({ coordinate }) => coordinate);

  test('is made once for all who hold the same of what rules mention', () => {
    expect(decide(caller('x', 'y'))).toBe(decide(caller('y', 'other', 'x')));
    expect(decide(caller())).toBe(decide(caller('nothing:known')));
  });

  test('differs by scope, policy, token and included selections', () => {
    const all = [
      decide(caller('x', 'y')),
      decide(caller('x,y')),
      decide(caller('x')),
      decide(anonymous),
      decide(caller('x', 'y'), ['night']),
      decide(caller('x', 'y'), [], true),
    ];
    expect(new Set(all).size).toBe(all.length);
  });

  test('a citizen’s is never an officer’s with the same scopes', () => {
    const officer = caller('x', 'y');
    const citizen: Principal = { ...officer, citizen: 'k1' };
    for (const order of [
      [officer, citizen],
      [{ ...citizen }, { ...officer }],
    ]) {
      for (const each of order) {
        expect(denied(each, ['night'])).toEqual('citizen' in each ? ['Query.a', 'Query.b'] : ['Query.b']);
      }
    }
    expect(decide({ ...citizen, citizen: 'k2' })).toBe(decide(citizen));
  });

  test('scopes whose text looks like others’ joined are told apart', () => {
    expect(denied(caller('x', 'y'))).toEqual(['Query.b', 'Query.c']);
    expect(denied(caller('x,y'))).toEqual(['Query.a', 'Query.c']);
    expect(denied(caller('0', '1', '0,1'))).toEqual(['Query.a', 'Query.b', 'Query.c']);
  });

  test('of two callers, both orders, two hundred times, never the other’s', () => {
    const rich = caller('x', 'y', 'x,y');
    for (let round = 0; round < 200; round++) {
      const poor = round % 2 === 0 ? caller('x') : anonymous;
      const order = round % 3 === 0 ? [rich, poor] : [poor, rich];
      const answers = new Map(order.map((each) => [each, denied(each, ['night'])]));
      expect(answers.get(rich)).toEqual([]);
      expect(answers.get(poor)).toEqual(
        poor === anonymous ? ['Query.a', 'Query.b', 'Query.d'] : ['Query.a', 'Query.b'],
      );
    }
  });

  test('stays right when more callers come than are remembered', () => {
    const many = {
      fields: new Map(Array.from({ length: 400 }, (_, n) => [`T.f${n}`, rule([[`s${n}`]])] as const)),
      types: new Map(),
      open: new Set<string>(),
    };
    const small = new Decisions({ ...many, fields: new Map([...many.fields, ...rules.fields]) });
    for (let n = 0; n < 600; n++) {
      const { denials } = small.decide({
        operation,
        principal: caller(`s${n % 400}`, 'x', 'y'),
        policies: new Set(),
        variables: new Map(),
        guards,
      });
      expect(denials.map(({ coordinate }) => coordinate)).toEqual(['Query.b', 'Query.c']);
    }
  });
});
