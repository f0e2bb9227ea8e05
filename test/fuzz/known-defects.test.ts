import { describe, expect, test } from '@jest/globals';

import { startFederation } from './federation.ts';
import type { Field, Model } from './model.ts';
import { attempt, documentOf } from './trial.ts';

const field = (name: string, department: string, requires: readonly string[] = [], type = 'String'): Field => ({
  name,
  type,
  arguments: [],
  departments: new Map([[department, {}]]),
  requires,
  public: false,
});

const DEPARTMENTS = ['alpha', 'beta', 'gamma'];

/** `proof` needs `total`, which needs `score`, which needs `rank`: three computed fields in two departments. */
const chain: Model = {
  departments: DEPARTMENTS,
  vocabulary: 'plain',
  unguarded: 'allow',
  objects: [
    {
      kind: 'entity',
      name: 'E',
      departments: new Map(DEPARTMENTS.map((name) => [name, ['id']])),
      guards: new Map(),
      interfaces: [],
      fields: [
        {
          ...field('id', 'alpha', [], 'ID!'),
          departments: new Map(DEPARTMENTS.map((name) => [name, {}])),
        },
        field('rank', 'beta', [], 'String!'),
        field('title', 'alpha', [], 'String!'),
        field('score', 'gamma', ['rank']),
        field('total', 'alpha', ['rank', 'score']),
        field('proof', 'gamma', ['title', 'total'], 'String!'),
      ],
    },
    {
      kind: 'root',
      name: 'Query',
      departments: new Map(DEPARTMENTS.map((name) => [name, []])),
      guards: new Map(),
      interfaces: [],
      fields: [field('get', 'beta', [], 'E!'), field('a', 'alpha'), field('c', 'gamma')],
    },
  ],
  abstracts: [],
  leaves: [],
};

describe('what the stock planner cannot plan, and the generator leaves out', () => {
  // When this fails, the defect is gone: raise longestChain in model.ts and take it off the list in docs/fuzzing.md.
  test('of three computed fields in a row the innermost is asked for before its input is known', async () => {
    const federation = await startFederation('chain', chain);
    if ('refused' in federation) throw new Error(federation.refused);
    try {
      const ask = (text: string) => {
        const operation = { text, operationName: null, variables: {} };
        const caller = { authenticated: false, scopes: [] };
        return attempt(federation, { operation, document: documentOf(operation), caller });
      };
      expect((await ask('{ get { total } }')).finding).toBeUndefined();
      expect((await ask('{ get { proof } }')).finding?.what).toBe('other errors');
      const early = federation.calls.find(({ query }) => query.includes('score'));
      expect(early?.variables).toEqual({ representations: [{ __typename: 'E', id: expect.any(String) }] });
    } finally {
      await federation.close();
    }
  });
});
