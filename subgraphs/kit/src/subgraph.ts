import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { parse } from 'graphql';
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
import { type RecheckMode, recheckRules } from './recheck/recheck.ts';
import { departmentSchema, departmentSdl } from './schema.ts';
import { startDescriptions, startGraphQL } from './server.ts';
import { StartError } from './start-error.ts';
import type { ServerTls } from './tls.ts';
import { type GatewayKeys, openGatewayKeys } from './token/keys.ts';
import { createReplayMemory } from './token/replay.ts';
import { sharedReplay } from './token/shared-replay.ts';
import { createTokenVerifier, type TokenBinding } from './token/verify.ts';
import { variableOf } from './variables.ts';

export interface SubgraphConfig {
  readonly databaseUrl: string;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default: the department's own; 0 takes any free one. */
  readonly port?: number;
  readonly provinceKey: string | ProvinceKey;
  readonly gatewayKeys: GatewayKeys;
  /** Milliseconds that keys go on working while their source is out of reach. Default: a day. */
  readonly keysMaxAge?: number;
  /** Who may ask the schema about itself; default: nobody. */
  readonly deployerKeys?: GatewayKeys;
  /** Default `body`. With `channel`, tokens that the gateway bound to the connection are accepted besides. */
  readonly binding?: TokenBinding;
  /** Listens on HTTPS. With a client authority, only for whoever has a certificate of it. */
  readonly tls?: ServerTls;
  /** Where the processes of one department remember used tokens together; default: each in its own memory. */
  readonly redis?: string;
  /** Whether the department refuses what its own rules forbid (default), or only logs it. */
  readonly recheck?: RecheckMode;
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
  recheckRules(schema, parse(departmentSdl(department.folder)), config.recheck);
  if (config.recheck === 'report') log.warn('rules are reported, not enforced: RECHECK=report');
  const keyOptions = config.keysMaxAge === undefined ? {} : { maxAge: config.keysMaxAge };

  const database = openDatabase<Tables>({ url: config.databaseUrl, log, onStatement: config.onStatement });
  const replay = config.redis ? await sharedReplay(config.redis, department.name, log) : createReplayMemory();
  const graphql = await startGraphQL<Data>(schema);
  const descriptions = await startDescriptions(schema);
  const app = createHttpServer({
    log,
    ping: database.ping,
    verifier: createTokenVerifier({
      department: department.name,
      keys: openGatewayKeys(config.gatewayKeys, keyOptions),
      deployerKeys: config.deployerKeys ? openGatewayKeys(config.deployerKeys, keyOptions) : undefined,
      binding: config.binding ?? 'body',
      replay,
      now,
    }),
    tls: config.tls,
    describe: descriptions.describe,
    execute: (body, request) => {
      const tools = { db: database.db, pseudonyms, cursors, request, today: () => provinceDate(now()), now };
      return graphql.execute(body, { ...request, data: department.createData(tools) });
    },
  });

  const close = async () => {
    await app.close();
    await graphql.stop();
    await descriptions.stop();
    await replay.close?.();
    await database.close();
  };

  try {
    await waitForDatabase({
      ping: database.ping,
      url: config.databaseUrl,
      variable: variableOf(department.name, 'DATABASE_URL'),
    });
    const applied = department.seed ? await migrate(database.pool, join(department.folder, 'migrations')) : [];
    if (applied.length > 0) log.info({ applied }, 'migrations applied');
    await app.listen({ host, port });
  } catch (error) {
    await close();
    if (errorCode(error) !== 'EADDRINUSE') throw error;
    const variable = variableOf(department.name, 'PORT');
    throw new StartError(
      {
        vi: `Cổng mạng ${host}:${port} đang có chương trình khác dùng. Hãy dừng chương trình đó, hoặc đặt ${variable}.`,
        en: `Another program uses ${host}:${port}. Stop it, or set ${variable}.`,
      },
      { cause: error },
    );
  }

  const address = app.server.address() as AddressInfo;
  const scheme = config.tls ? 'https' : 'http';
  return { url: `${scheme}://${host.includes(':') ? `[${host}]` : host}:${address.port}/graphql`, close };
};
