import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type Logger, pino } from 'pino';
import { provinceDate } from './clock.ts';
import { waitForDatabase } from './connect.ts';
import { createCursors } from './cursors.ts';
import { openDatabase } from './database.ts';
import type { Department } from './department.ts';
import { errorCode } from './error-code.ts';
import { createHttpServer } from './http.ts';
import { migrate } from './migrations.ts';
import { type ProvinceKey, parseProvinceKey } from './province-key.ts';
import { createPseudonyms } from './pseudonyms.ts';
import { departmentSchema } from './schema.ts';
import { startGraphQL } from './server.ts';
import { StartError } from './start-error.ts';
import { type GatewayKeys, openGatewayKeys } from './token/keys.ts';
import { createReplayMemory } from './token/replay.ts';
import { createTokenVerifier } from './token/verify.ts';
import { variableOf } from './variables.ts';

export interface SubgraphConfig {
  readonly databaseUrl: string;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default: the department's own; 0 takes any free one. */
  readonly port?: number;
  readonly provinceKey: string | ProvinceKey;
  readonly gatewayKeys: GatewayKeys;
  /** Default: silent. */
  readonly logger?: Logger;
  /** Told every SQL statement of every request. */
  readonly onStatement?: (sql: string) => void;
  readonly now?: () => Date;
}

export interface Subgraph {
  /** Where it answers, `/graphql` included. */
  readonly url: string;
  /** Lets running requests end, then closes the database. */
  readonly close: () => Promise<void>;
}

/** Starts a department: waits for its database, applies pending migrations, listens. */
export const startSubgraph = async <Tables, Data>(
  department: Department<Tables, Data>,
  config: SubgraphConfig,
): Promise<Subgraph> => {
  const { host = '127.0.0.1', port = department.port, now = () => new Date() } = config;
  const log = (config.logger ?? pino({ level: 'silent' })).child({ department: department.name });
  const provinceKey =
    typeof config.provinceKey === 'string' ? parseProvinceKey(config.provinceKey) : config.provinceKey;
  const pseudonyms = createPseudonyms(provinceKey);
  const cursors = createCursors(provinceKey, department.name);
  const schema = departmentSchema(department);

  const database = openDatabase<Tables>({ url: config.databaseUrl, log, onStatement: config.onStatement });
  const graphql = await startGraphQL<Data>(schema);
  const app = createHttpServer({
    log,
    ping: database.ping,
    verifier: createTokenVerifier({
      department: department.name,
      keys: openGatewayKeys(config.gatewayKeys),
      replay: createReplayMemory(),
      now,
    }),
    execute: (body, request) => {
      const tools = { db: database.db, pseudonyms, cursors, request, today: () => provinceDate(now()) };
      return graphql.execute(body, { ...request, data: department.createData(tools) });
    },
  });

  const close = async () => {
    await app.close();
    await graphql.stop();
    await database.close();
  };

  try {
    await waitForDatabase({
      ping: database.ping,
      url: config.databaseUrl,
      variable: variableOf(department.name, 'DATABASE_URL'),
    });
    const applied = await migrate(database.pool, join(department.folder, 'migrations'));
    if (applied.length > 0) log.info({ applied }, 'migrations applied');
    await app.listen({ host, port });
  } catch (error) {
    await close();
    if (errorCode(error) !== 'EADDRINUSE') throw error;
    const variable = variableOf(department.name, 'PORT');
    throw new StartError(
      {
        vi: `Cổng ${host}:${port} đang có chương trình khác dùng. Hãy dừng chương trình đó, hoặc đặt ${variable}.`,
        en: `Another program uses ${host}:${port}. Stop it, or set ${variable}.`,
      },
      { cause: error },
    );
  }

  const address = app.server.address() as AddressInfo;
  return { url: `http://${host.includes(':') ? `[${host}]` : host}:${address.port}/graphql`, close };
};
