import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Logger, pino } from 'pino';
import { waitForDatabase } from './connect.ts';
import { openDatabase } from './database.ts';
import type { Department } from './department.ts';
import { databaseFromEnvironment, provinceKeyFromEnvironment, subgraphFromEnvironment } from './environment.ts';
import { migrate } from './migrations.ts';
import { errorForLog } from './redact.ts';
import { createProgress } from './seed/progress.ts';
import { seedDepartment } from './seed/seed.ts';
import { StartError } from './start-error.ts';
import { startSubgraph } from './subgraph.ts';
import { variableOf } from './variables.ts';

/** How long running requests get to end after SIGTERM. */
const DRAIN_MS = 8_000;
const DEFAULT_CITIZENS = 2_000;

/** Whether the module is what node was started with, rather than imported by another. */
export const isMain = (meta: { readonly url: string }): boolean => {
  const started = process.argv[1];
  return started !== undefined && realpathSync(started) === realpathSync(fileURLToPath(meta.url));
};

const usage = (name: string) =>
  new StartError({
    vi: `Cách dùng: ${name} [start | migrate | seed --citizens N [--if-empty]]`,
    en: `Usage: ${name} [start | migrate | seed --citizens N [--if-empty]]`,
  });

const readArguments = (name: string) => {
  try {
    const { positionals, values } = parseArgs({
      allowPositionals: true,
      options: {
        citizens: { type: 'string', default: String(DEFAULT_CITIZENS) },
        'if-empty': { type: 'boolean', default: false },
      },
    });
    const citizens = Number(values.citizens);
    if (positionals.length > 1 || !Number.isSafeInteger(citizens) || citizens < 3) throw usage(name);
    return { command: positionals[0] ?? 'start', citizens, ifEmpty: values['if-empty'] };
  } catch {
    throw usage(name);
  }
};

const start = async <Tables, Data>(department: Department<Tables, Data>, logger: Logger) => {
  const subgraph = await startSubgraph(department, { ...subgraphFromEnvironment(department, process.env), logger });
  process.stdout.write(`ready ${subgraph.url}\n`);
  let stopping = false;
  const stop = () => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => {
      logger.warn('requests still running were cut off');
      process.exit(0);
    }, DRAIN_MS).unref();
    subgraph.close().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error({ error: errorForLog(error) }, 'closing failed');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
};

const migrateOnly = async <Tables, Data>(department: Department<Tables, Data>, log: Logger) => {
  const url = databaseFromEnvironment(department, process.env);
  const database = openDatabase<Tables>({ url, log });
  try {
    await waitForDatabase({ ping: database.ping, url, variable: variableOf(department.name, 'DATABASE_URL') });
    const applied = await migrate(database.pool, join(department.folder, 'migrations'));
    log.info({ applied }, 'migrations applied');
  } finally {
    await database.close();
  }
};

const seed = async <Tables, Data>(
  department: Department<Tables, Data>,
  { citizens, ifEmpty }: { readonly citizens: number; readonly ifEmpty: boolean },
  log: Logger,
) => {
  const provinceKey = provinceKeyFromEnvironment(process.env);
  await migrateOnly(department, log);
  const progress = createProgress(process.stderr);
  const databaseUrl = databaseFromEnvironment(department, process.env);
  const report = (done: number, total: number, label: string) =>
    progress.report(done, total, `${department.name}: ${label}`);
  try {
    const seeded = await seedDepartment(department, { databaseUrl, provinceKey, citizens, ifEmpty, progress: report });
    log.info({ citizens, seeded }, seeded ? 'seeded' : 'not seeded: the database is not empty');
  } finally {
    progress.end();
  }
};

/**
 * The process of a department: `start` (the default), `migrate` or `seed`, configured by the environment. Logs go to
 * stderr; on stdout stands `ready <url>` and nothing else. Of a database that somebody else keeps, `migrate` and `seed`
 * say so in the log and end well: whoever runs them for every department need not know which ones keep none.
 *
 * @param described the department, or what makes it from settings of its own; it may throw a StartError
 */
export const runDepartment = async <Tables, Data>(
  described: Department<Tables, Data> | ((log: Logger) => Department<Tables, Data>),
): Promise<void> => {
  let department: Department<Tables, Data> | undefined;
  try {
    const level = process.env.LOG_LEVEL ?? 'info';
    const log = pino({ level, base: {} }, pino.destination({ dest: 2, sync: true }));
    department = typeof described === 'function' ? described(log) : described;
    const { command, ...options } = readArguments(department.name);
    const logger = log.child({ department: department.name });
    if (command === 'start') await start(department, logger);
    else if (command !== 'migrate' && command !== 'seed') throw usage(department.name);
    else if (!department.seed) logger.info('the database is kept by another part: nothing to migrate or seed');
    else if (command === 'migrate') await migrateOnly(department, logger);
    else await seed(department, options, logger);
  } catch (error) {
    if (error instanceof StartError) process.stderr.write(`${error.message}\n`);
    else
      process.stderr.write(
        `${JSON.stringify({ level: 60, department: department?.name, error: errorForLog(error) })}\n`,
      );
    process.exitCode = 1;
  }
};
