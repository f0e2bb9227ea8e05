import { join } from 'node:path';
import { type Logger, pino } from 'pino';
import { openDatabase } from '../database.ts';
import type { Department } from '../department.ts';
import { migrate } from '../migrations.ts';
import { parseProvinceKey } from '../province-key.ts';
import { createPseudonyms, type Pseudonyms } from '../pseudonyms.ts';
import { seedDepartment } from '../seed/seed.ts';
import { startSubgraph } from '../subgraph.ts';
import type { Askable } from './ask.ts';
import { type TestDatabase, testDatabase } from './database.ts';
import { testGateway } from './gateway.ts';

export interface TestSubgraphOptions {
  /** Seed that many citizens first; default: empty tables. */
  readonly citizens?: number;
  readonly now?: () => Date;
  readonly logger?: Logger;
}

/** A department of a test: running over a database of its own, with a gateway that may ask it. */
export interface TestSubgraph extends Askable {
  readonly database: TestDatabase;
  readonly pseudonyms: Pseudonyms;
  /** Every SQL statement since the start; set `length = 0` to count afresh. */
  readonly statements: string[];
  readonly close: () => Promise<void>;
}

const prepare = async <Tables, Data>(department: Department<Tables, Data>, url: string) => {
  const database = openDatabase<Tables>({ url, log: pino({ level: 'silent' }) });
  try {
    await migrate(database.pool, join(department.folder, 'migrations'));
  } finally {
    await database.close();
  }
};

/** Starts a department on a free port over a fresh, seeded database; `close` takes all of it away. */
export const testSubgraph = async <Tables, Data>(
  department: Department<Tables, Data>,
  { citizens, now = () => new Date(), logger }: TestSubgraphOptions = {},
): Promise<TestSubgraph> => {
  const gateway = testGateway(now);
  const database = await testDatabase(department.name);
  const { provinceKey } = gateway;
  const statements: string[] = [];
  try {
    await prepare(department, database.url);
    if (citizens !== undefined) await seedDepartment(department, { databaseUrl: database.url, provinceKey, citizens });
    const subgraph = await startSubgraph(department, {
      databaseUrl: database.url,
      port: 0,
      provinceKey,
      gatewayKeys: gateway.jwks,
      onStatement: (sql) => statements.push(sql),
      now,
      ...(logger === undefined ? {} : { logger }),
    });
    return {
      name: department.name,
      url: subgraph.url,
      gateway,
      database,
      pseudonyms: createPseudonyms(parseProvinceKey(provinceKey)),
      statements,
      close: async () => {
        await subgraph.close();
        await database.drop();
      },
    };
  } catch (error) {
    await database.drop();
    throw error;
  }
};
