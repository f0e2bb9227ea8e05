import { describe, expect, test } from '@jest/globals';
import { parse, print } from 'graphql';

import type { PermittedShape } from '../execution/compiled/engine.ts';
import { supergraphOf } from '../planning/fixture.ts';
import { anonymous } from '../policy/principal.ts';
import { SupergraphVersion } from './version.ts';

const SDL = supergraphOf({
  one: 'type Query { search: [Citizen] } type Citizen @key(fields: "id") { id: ID! name: String }',
});

describe('a compiled shape', () => {
  // Two clients of equal scopes share decision and view, and yet only one of them may have a quota of citizens.
  test.each([
    ['without a view', false],
    ['with a view', true],
  ])('%s is another one where citizens are counted, whoever came first', async (_what, hidden) => {
    const compiled: string[] = [];
    const version = await SupergraphVersion.load(SDL, 'allow', async () => ({
      execute: () => Promise.reject(new Error('not asked')),
      plan: () => Promise.reject(new Error('not asked')),
      compile: async ({ permitted }: PermittedShape) => {
        compiled.push(permitted ? print(permitted.document) : '');
        return { weight: 0, run: () => Promise.reject(new Error('not asked')) };
      },
      close: async () => {},
    }));
    const operation = version.prepare(parse('{ search { name } }'), null);
    const variables = new Map<string, unknown>();
    const question = {
      operation,
      variables,
      principal: anonymous,
      policies: new Set<string>(),
      guards: version.guards,
    };
    const decision = version.decisions.decide(question);
    const view = hidden ? version.views.of(anonymous) : undefined;

    const uncounted = await version.executable({ operation, decision, variables }, false, view);
    const counted = await version.executable({ operation, decision, variables }, true, view);
    expect(compiled).toHaveLength(2);
    expect(compiled[0]).not.toContain('lt_s_id: id');
    expect(compiled[1]).toContain('lt_s_id: id');
    expect(await version.executable({ operation, decision, variables }, false, view)).toBe(uncounted);
    expect(await version.executable({ operation, decision, variables }, true, view)).toBe(counted);
  });
});
