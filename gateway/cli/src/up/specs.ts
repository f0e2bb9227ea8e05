import { join } from 'node:path';
import type { ChildSpec } from './child.ts';
import { type Databases, ownKeepers } from './databases.ts';
import type { DepartmentEntry } from './departments.ts';
import { root } from './folders.ts';
import type { Configuration } from './state.ts';

/** What the processes of one run share. */
export interface Plan {
  readonly data: string;
  readonly env: NodeJS.ProcessEnv;
  readonly departments: readonly DepartmentEntry[];
  /** By name: `gateway`, `metrics`, `issuer`, `upstream` (where persons log in), `postgres` and each department. */
  readonly ports: Readonly<Record<string, number>>;
  readonly provinceKeyFile: string;
  readonly subjectKeyFile: string;
}

export const logFile = (data: string, name: string): string => join(data, 'logs', `${name}.log`);

export const urlOf = ({ ports }: Plan, name: string, path = ''): string => `http://127.0.0.1:${ports[name]}${path}`;

/** Everybody gets the shell's environment, without the addresses of others' databases. */
function baseEnvironment({ data, env, departments }: Plan): NodeJS.ProcessEnv {
  const others = new Set([...departments, ...ownKeepers].map(({ prefix }) => `${prefix}_DATABASE_URL`));
  const base = Object.fromEntries(Object.entries(env).filter(([name]) => !others.has(name)));
  // Node 22 and later keep compiled code there and start faster; Node 20 takes no notice.
  return {
    NODE_COMPILE_CACHE: join(data, 'compile-cache'),
    ...base,
    LIENTHONG_DATA: data,
    APOLLO_TELEMETRY_DISABLED: '1',
  };
}

/** A department: `start`, or `seed …`. */
export function departmentSpec(
  plan: Plan,
  { name, prefix, reads, start }: DepartmentEntry,
  databaseUrl: string,
  command: readonly string[] = ['start'],
): ChildSpec {
  return {
    name,
    arguments: [start, ...command],
    preload: 'department',
    logFile: logFile(plan.data, name),
    env: {
      ...baseEnvironment(plan),
      [`${prefix}_DATABASE_URL`]: databaseUrl,
      [`${prefix}_PORT`]: String(plan.ports[name]),
      PROVINCE_KEY_FILE: plan.provinceKeyFile,
      ...(reads === 'ledger' ? { LEDGER_SUBJECT_KEY_FILE: plan.subjectKeyFile } : {}),
      GATEWAY_JWKS: urlOf(plan, 'gateway', '/.well-known/departments-jwks.json'),
    },
  };
}

export const issuerSpec = (plan: Plan, databases: Databases): ChildSpec => ({
  name: 'issuer',
  arguments: [join(root, 'gateway/issuer/src/main.ts')],
  preload: 'issuer',
  logFile: logFile(plan.data, 'issuer'),
  env: {
    ...baseEnvironment(plan),
    ISSUER_PORT: String(plan.ports.issuer),
    ISSUER_URL: urlOf(plan, 'issuer'),
    ISSUER_DEVELOPMENT_UPSTREAM_PORT: String(plan.ports.upstream),
    ISSUER_KEYS_FILE: join(plan.data, 'issuer-keys.json'),
    ISSUER_REGISTRY: databases.registry,
    ISSUER_DATABASE_URL: databases.issuer,
    ISSUER_STATE: join(plan.data, 'state.jsonl'),
    PROVINCE_KEY_FILE: plan.provinceKeyFile,
  },
});

/** What of the gateway's configuration differs from run to run, and what this shell overrides of it. */
export const gatewayConfiguration = (plan: Plan, databases: Databases): Configuration => ({
  file: join(root, 'deploy/development/gateway.yaml'),
  variables: {
    ...Object.fromEntries(
      Object.entries(plan.env).flatMap(([name, value]) =>
        name.startsWith('LIENTHONG_') && value !== undefined ? [[name, value] as const] : [],
      ),
    ),
    LIENTHONG_DATA: plan.data,
    GATEWAY_PORT: String(plan.ports.gateway),
    METRICS_PORT: String(plan.ports.metrics),
    ISSUER_URL: urlOf(plan, 'issuer'),
    ...(databases.registry === undefined ? {} : { REGISTRY_DATABASE_URL: databases.registry }),
    ...(databases.ledger === undefined ? {} : { LEDGER_DATABASE_URL: databases.ledger }),
    LEDGER_SUBJECT_KEY_FILE: plan.subjectKeyFile,
    PROVINCE_KEY_FILE: plan.provinceKeyFile,
    ...Object.fromEntries(
      plan.departments.map(({ name, prefix }) => [
        `LIENTHONG_DEPARTMENTS_${prefix}_URL`,
        urlOf(plan, name, '/graphql'),
      ]),
    ),
  },
});

/** What the C library keeps of freed memory. */
const MEMORY = { MALLOC_ARENA_MAX: '2', MALLOC_TRIM_THRESHOLD_: '2097152', MALLOC_MMAP_THRESHOLD_: '33554432' };

/** The gateway as anybody would start it. */
export const gatewaySpec = (plan: Plan, { file, variables }: Configuration): ChildSpec => ({
  name: 'gateway',
  arguments: [
    // As the units of deploy/production, with the environment below; docs/sizing.md says why.
    '--max-semi-space-size=32',
    '--heap-growing-percent=50',
    join(root, 'gateway/cli/bin/lienthong.js'),
    'gateway',
    '--config',
    file,
  ],
  logFile: logFile(plan.data, 'gateway'),
  env: { ...baseEnvironment(plan), ...MEMORY, ...variables },
});
