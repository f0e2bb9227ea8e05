import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { databasesFrom, ownKeepers } from './databases.ts';
import { readDepartments } from './departments.ts';
import { root } from './folders.ts';
import { provinceKeyFile, subjectKeyFile } from './keys.ts';
import { choosePorts, type PortRequest, portFrom } from './ports.ts';
import type { Plan } from './specs.ts';

/** Milliseconds that the processes of an interrupted run get to notice and end. */
const LEFTOVERS_MS = 15_000;

/** Decides everything before anything starts: who runs, where it listens, with which keys. */
export async function makePlan(options: {
  readonly data: string;
  readonly env: NodeJS.ProcessEnv;
  readonly anyPorts: boolean;
  readonly interrupted: boolean;
  /** A federation may be writing to them. */
  readonly keepLogs?: boolean;
}): Promise<Plan> {
  const { data, env, anyPorts, interrupted, keepLogs = false } = options;
  const departments = readDepartments(env.LIENTHONG_DEPARTMENTS_FILE || join(root, 'schema/departments.yaml'));
  const keepers = [...departments, ...ownKeepers];
  const external = databasesFrom(env, keepers);
  const request = (name: string, variable: string, usual: number): PortRequest => ({
    name,
    variable,
    port: anyPorts ? 0 : portFrom(env, variable, usual),
  });
  const ports = await choosePorts(
    [
      request('gateway', 'GATEWAY_PORT', 4000),
      request('metrics', 'METRICS_PORT', 4009),
      request('issuer', 'ISSUER_PORT', 4100),
      request('upstream', 'UPSTREAM_PORT', 4110),
      ...departments.map(({ name, prefix, port }) => request(name, `${prefix}_PORT`, port)),
      ...(keepers.every(({ name }) => name in external) ? [] : [request('postgres', 'POSTGRES_PORT', 4200)]),
    ],
    interrupted ? LEFTOVERS_MS : 0,
  );
  const logs = join(data, 'logs');
  if (!keepLogs) rmSync(logs, { recursive: true, force: true });
  mkdirSync(logs, { recursive: true, mode: 0o700 });
  return {
    data,
    env,
    departments,
    ports,
    provinceKeyFile: provinceKeyFile(data),
    subjectKeyFile: subjectKeyFile(data),
  };
}
