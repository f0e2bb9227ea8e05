import { expect, test } from '@jest/globals';
import { pino } from 'pino';

import { supergraphOf } from '../planning/fixture.ts';
import { checkContext } from './context.ts';

const WITH = supergraphOf({
  one: `type Query { me: Person } type Person @key(fields: "id") @context(name: "c") { id: ID! age: Int child: Child }
    type Child @key(fields: "id") { id: ID! copy(x: Int @fromContext(field: "$c { age }")): Int }`,
});
const WITHOUT = supergraphOf({ one: 'type Query { me: Int }' });

test('arguments that do not arrive: refused where the gateway is strict, told elsewhere', () => {
  const lines: string[] = [];
  const log = pino({}, { write: (line) => void lines.push(line) });
  expect(() => checkContext(WITH, 'refuse', log)).toThrow(/CONTEXT_NOT_SERVED Child\.copy/);
  expect(lines).toEqual([]);
  checkContext(WITH, 'allow', log);
  expect(lines.join('')).toContain('Child.copy');
  lines.length = 0;
  checkContext(WITHOUT, 'refuse', log);
  checkContext(WITHOUT, 'allow', log);
  expect(lines).toEqual([]);
});
