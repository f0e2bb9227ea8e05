import { expect, test } from '@jest/globals';

import { supergraphOf } from '../planning/fixture.ts';
import { checkContext } from './context.ts';

const WITH = supergraphOf({
  one: `type Query { me: Person } type Person @key(fields: "id") @context(name: "c") { id: ID! age: Int child: Child }
    type Child @key(fields: "id") { id: ID! copy(x: Int @fromContext(field: "$c { age }")): Int }`,
});
const WITHOUT = supergraphOf({ one: 'type Query { me: Int }' });

test('the reference engine sends no argument of a context, so it serves none', () => {
  expect(() => checkContext(WITH, 'apollo')).toThrow(/CONTEXT_NOT_SERVED Child\.copy.*execution\.engine: compiled/);
  expect(() => checkContext(WITHOUT, 'apollo')).not.toThrow();
});

test('the compiled engine serves them, but for what no plan has', () => {
  expect(() => checkContext(WITH, 'compiled')).not.toThrow();
  // Composition demands more than the gateway would know: spoilt by hand.
  const spoilt = WITH.replace('selection: " { age }"', 'selection: " { age(of: 1) }"');
  expect(() => checkContext(spoilt, 'compiled')).toThrow(/CONTEXT_NOT_SERVED Child\.copy/);
});
