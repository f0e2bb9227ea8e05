import { join } from 'node:path';
import { parse } from 'graphql';
import { type Logger, pino } from 'pino';
import { openDatabase } from '../database.ts';
import type { Department } from '../department.ts';
import { migrate } from '../migrations.ts';
import { parseProvinceKey } from '../province-key.ts';
import { createPseudonyms, type Pseudonyms } from '../pseudonyms.ts';
import { ownRules } from '../recheck/rules.ts';
import { departmentSdl } from '../schema.ts';
import { seedDepartment } from '../seed/seed.ts';
import { type SubgraphConfig, startSubgraph } from '../subgraph.ts';
import type { Askable } from './ask.ts';
import { type TestDatabase, testDatabase } from './database.ts';
import { type TestPrincipal, testGateway } from './gateway.ts';

export interface TestSubgraphOptions {
  /** Seed that many citizens first; default: empty tables. */
  readonly citizens?: number;
  /** The database of a department that keeps none: made and filled by whoever keeps it. */
  readonly database?: () => Promise<TestDatabase>;
  readonly now?: () => Date;
  readonly logger?: Logger;
  /** Settings of the department under test: binding, TLS, deployer. */
  readonly settings?: Pick<SubgraphConfig, 'binding' | 'tls' | 'deployerKeys' | 'recheck' | 'redis'>;
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
  if (!department.seed) return;
  const database = openDatabase<Tables>({ url, log: pino({ level: 'silent' }) });
  try {
    await migrate(database.pool, join(department.folder, 'migrations'));
  } finally {
    await database.close();
  }
};

/** Somebody who may read everything the department has: what tests of anything but rules want. */
const everyRule = (folder: string): TestPrincipal => {
  const rules = [...ownRules(parse(departmentSdl(folder))).values()];
  const purposes = rules.flatMap((rule) => rule.purposes.flat(2));
  return {
    scopes: [...new Set(rules.flatMap(({ scopes }) => scopes.flat(2)))],
    ...(purposes[0] === undefined ? {} : { purpose: purposes[0] }),
  };
};

/** Starts a department on a free port over a fresh, seeded database; `close` takes all of it away. */
export const testSubgraph = async <Tables, Data>(
  department: Department<Tables, Data>,
  { citizens, database: kept, now = () => new Date(), logger, settings = {} }: TestSubgraphOptions = {},
): Promise<TestSubgraph> => {
  const gateway = testGateway(now);
  const database = await (kept ? kept() : testDatabase(department.name));
  const { provinceKey } = gateway;
  const statements: string[] = [];
  try {
    await prepare(department, database.url);
    if (citizens !== undefined && department.seed)
      await seedDepartment(department, { databaseUrl: database.url, provinceKey, citizens });
    const subgraph = await startSubgraph(department, {
      databaseUrl: database.url,
      port: 0,
      provinceKey,
      gatewayKeys: gateway.jwks,
      onStatement: (sql) => statements.push(sql),
      now,
      ...settings,
      ...(logger === undefined ? {} : { logger }),
    });
    return {
      name: department.name,
      url: subgraph.url,
      gateway,
      principal: everyRule(department.folder),
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
