import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Department } from '../department.ts';
import { departmentSdl } from '../schema.ts';
import { askEntities } from './ask.ts';
import { documentProblems } from './documents.ts';
import type { TestPrincipal } from './gateway.ts';
import { recheckContract } from './recheck-contract.ts';
import { type TestSubgraph, type TestSubgraphOptions, testSubgraph } from './subgraph.ts';
import { tokenContract } from './token-contract.ts';

/** What the contract must know of one entity type that the department resolves for others. */
export interface ReferenceContract {
  readonly type: string;
  /** A key of nobody: `{ id: 'k1.…' }`. */
  readonly unknown: object;
  /** What to ask of each, braces included; take every field that needs records of its own. */
  readonly selection: string;
  readonly principal?: TestPrincipal;
  /** Keys of 100 entities that the seed of `citizens` made. */
  readonly hundred: (subgraph: TestSubgraph) => readonly object[] | Promise<readonly object[]>;
}

export interface ContractOptions {
  /** How many citizens to seed; default 400. */
  readonly citizens?: number;
  /** The database of a department that keeps none, filled with 100 entities to refer to. */
  readonly database?: TestSubgraphOptions['database'];
  readonly references: readonly ReferenceContract[];
}

const referenceContract = (running: () => TestSubgraph, reference: ReferenceContract) => {
  const { type, selection, unknown, principal } = reference;
  const count = async (keys: readonly object[]) => {
    const subgraph = running();
    subgraph.statements.length = 0;
    const { body } = await askEntities(subgraph, type, keys, selection, principal);
    expect(body.errors).toBeUndefined();
    return { statements: subgraph.statements.length, entities: body.data?._entities };
  };

  test(`a reference to an unknown ${type} is null, and no error`, async () => {
    const { entities } = await count([unknown]);
    expect(entities).toEqual([null]);
  });

  test(`100 ${type} references cost as many SQL statements as 10`, async () => {
    const keys = await reference.hundred(running());
    expect(keys).toHaveLength(100);
    const ten = await count(keys.slice(0, 10));
    const hundred = await count(keys);
    expect(hundred.entities).toHaveLength(100);
    expect(hundred.entities).not.toContain(null);
    expect(ten.statements).toBeGreaterThan(0);
    expect(hundred.statements).toBe(ten.statements);
  });
};

/** The suite every department passes: who may ask, what the schema must say, references, loading, health. */
export const subgraphContract = <Tables, Data>(
  department: Department<Tables, Data>,
  { citizens = 400, database, references }: ContractOptions,
): void => {
  describe(`contract of a department: ${department.name}`, () => {
    let subgraph: TestSubgraph | undefined;
    const running = (): TestSubgraph => {
      if (subgraph === undefined) throw new Error(`${department.name} did not start`);
      return subgraph;
    };
    beforeAll(async () => {
      subgraph = await testSubgraph(department, { citizens, ...(database ? { database } : {}) });
    }, 60_000);
    afterAll(async () => {
      await subgraph?.close();
    });

    describe('answers nobody but the gateway', () => tokenContract(running));

    test('describes and guards everything it offers', () => {
      expect(documentProblems(departmentSdl(department.folder))).toEqual([]);
    });

    describe('refuses by itself what its own rules forbid', () => recheckContract(department, references, running));

    describe('resolves references', () => {
      for (const reference of references) referenceContract(running, reference);

      test('to communes from the shared list, without a statement', async () => {
        running().statements.length = 0;
        const codes = ['21289', '99999'].map((code) => ({ code }));
        const { body } = await askEntities(running(), 'Commune', codes, '{ code name }');
        expect(body).toEqual({ data: { _entities: [{ code: '21289', name: 'Xã Sơn Hà' }, null] } });
        expect(running().statements).toEqual([]);
      });
    });

    // Last: it takes the database away.
    test('is alive and not ready without its database', async () => {
      const { origin } = new URL(running().url);
      const status = async (path: string) => (await fetch(`${origin}${path}`)).status;
      expect(await status('/health/ready')).toBe(200);
      await running().database.drop();
      expect(await status('/health/ready')).toBe(503);
      expect(await status('/health/live')).toBe(200);
    });
  });
};
