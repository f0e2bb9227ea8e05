import type { ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { PostgresServer } from '@lienthong/kit/postgres';
import type { Texts } from '../language.ts';
import { Child, type ChildSpec, runToEnd } from './child.ts';
import {
  type DatabaseReader,
  type Databases,
  databasesFrom,
  makeDatabases,
  ownKeepers,
  rememberedDatabases,
} from './databases.ts';
import type { DepartmentEntry } from './departments.ts';
import { departmentSpec, gatewayConfiguration, gatewaySpec, issuerSpec, logFile, type Plan, urlOf } from './specs.ts';
import type { RunningState } from './state.ts';

const POSTGRES_RETRY_MS = 500;

/** Everything that runs, started together and stopped together. */
export class Federation {
  private readonly plan: Plan;
  private readonly citizens: number;
  private readonly tell: (texts: Texts) => void;
  private readonly children = new Map<string, Child>();
  private readonly passing = new Set<ChildProcess>();
  private postgres: PostgresServer | undefined;
  private stopping: Promise<void> | undefined;

  constructor(plan: Plan, citizens: number, tell: (texts: Texts) => void) {
    this.plan = plan;
    this.citizens = citizens;
    this.tell = tell;
  }

  /** Starts all of it, in parallel wherever one does not need the other. Resolves when everything answers. */
  async start(): Promise<RunningState> {
    const { plan } = this;
    const keepers = [...plan.departments, ...ownKeepers];
    const external = databasesFrom(plan.env, keepers);
    const remembered = { ...rememberedDatabases(plan.data, plan.ports.postgres ?? 0), ...external };
    const own = keepers.filter(({ name }) => !(name in external));
    const databases = this.startDatabases(own, external);

    await Promise.all([
      this.startIssuerAndGateway(remembered, databases),
      ...plan.departments.map((department) =>
        this.startDepartment(department, remembered[department.name], databases, department.name in external),
      ),
    ]);
    return this.describe(await databases);
  }

  /** Both read the partner registry, which is filled first where it is new; one that was is waited for by themselves. */
  private async startIssuerAndGateway(remembered: Databases, making: Promise<Databases>): Promise<void> {
    const { registry } = remembered;
    const isThere = [remembered.issuer, remembered.ledger].every((url) => url !== undefined);
    const known = registry !== undefined && isThere && this.isSeeded('registry', registry);
    const databases = known ? remembered : await making;
    if (!known && databases.registry !== undefined) {
      const { fillRegistry } = await import('./registry.ts');
      await fillRegistry(databases.registry);
      this.noteSeeded('registry', databases.registry);
    }
    if (this.stopping !== undefined) return;
    await Promise.all([
      this.startChild(gatewaySpec(this.plan, gatewayConfiguration(this.plan, databases))),
      this.startChild(issuerSpec(this.plan, databases)),
    ]);
  }

  private async startDatabases(own: readonly DatabaseReader[], external: Databases): Promise<Databases> {
    if (own.length === 0) return external;
    const server = await this.startPostgres();
    return { ...(await makeDatabases(server, own, this.plan.data)), ...external };
  }

  private async startPostgres(): Promise<PostgresServer> {
    const started = Date.now();
    const { startPostgres } = await import('@lienthong/kit/postgres');
    const file = logFile(this.plan.data, 'postgres');
    const server = await startPostgres({
      folder: join(this.plan.data, 'postgres'),
      port: this.plan.ports.postgres ?? 0,
      log: (line) => appendFileSync(file, `${line}\n`, { mode: 0o600 }),
    });
    this.postgres = server;
    // Stopped while it was coming up: nobody else would stop it.
    if (this.stopping !== undefined) await server.stop();
    this.ready('postgres', `127.0.0.1:${server.port}`, started);
    void server.ended.then(() => this.revivePostgres());
    return server;
  }

  private async revivePostgres(): Promise<void> {
    while (this.stopping === undefined) {
      this.tell({
        vi: `! postgres đã dừng đột ngột; khởi động lại. Nhật ký: ${logFile(this.plan.data, 'postgres')}`,
        en: `! postgres ended unexpectedly; starting it again. Log: ${logFile(this.plan.data, 'postgres')}`,
      });
      await wait(POSTGRES_RETRY_MS);
      if (this.stopping !== undefined) return;
      try {
        await this.startPostgres();
        return;
      } catch {
        await wait(POSTGRES_RETRY_MS * 4);
      }
    }
  }

  /**
   * A department with remembered data starts at once and waits for its database itself; one that may be empty is seeded
   * first, which needs the database.
   */
  private async startDepartment(
    department: DepartmentEntry,
    remembered: string | undefined,
    databases: Promise<Databases>,
    external: boolean,
  ): Promise<void> {
    const start = (url: string): Promise<void> => this.startChild(departmentSpec(this.plan, department, url));
    const { name, reads } = department;
    // What another keeps is not filled from here.
    const filled = (url: string): boolean => reads !== undefined || this.isSeeded(name, url);
    if (!external && remembered !== undefined && filled(remembered)) {
      await Promise.all([start(remembered), databases]);
      return;
    }
    const url = (await databases)[name];
    if (url === undefined || this.stopping !== undefined) return;
    if (reads !== undefined) return start(url);
    this.tell({ vi: `… ${name}: nạp dữ liệu giả lập nếu còn trống`, en: `… ${name}: seeding if empty` });
    const command = ['seed', '--if-empty', '--citizens', String(this.citizens)];
    await runToEnd(departmentSpec(this.plan, department, url, command), (child) => {
      this.passing.add(child);
      child.once('exit', () => this.passing.delete(child));
    });
    this.noteSeeded(name, url);
    if (this.stopping === undefined) await start(url);
  }

  /** The note names the database by its address without the port, which may change from run to run. */
  private seedNote(name: string, url: string): string {
    const address = new URL(url);
    address.port = '';
    const mark = createHash('sha256').update(address.href).digest('hex').slice(0, 16);
    return join(this.plan.data, 'seeded', `${name}-${mark}`);
  }

  private isSeeded(name: string, url: string): boolean {
    return existsSync(this.seedNote(name, url));
  }

  private noteSeeded(name: string, url: string): void {
    mkdirSync(join(this.plan.data, 'seeded'), { recursive: true, mode: 0o700 });
    writeFileSync(this.seedNote(name, url), '');
  }

  private async startChild(spec: ChildSpec): Promise<void> {
    const started = Date.now();
    const child = new Child(spec, (event) => {
      if (event.kind === 'back') {
        this.tell({ vi: `✓ ${event.name} đã chạy lại`, en: `✓ ${event.name} is back` });
        return;
      }
      this.tell({
        vi: `! ${event.name} đã dừng đột ngột (${event.how}); các phần khác vẫn chạy, khởi động lại sau ${event.retryMs} ms. Nhật ký: ${spec.logFile}`,
        en: `! ${event.name} ended unexpectedly (${event.how}); the others keep running, starting it again in ${event.retryMs} ms. Log: ${spec.logFile}`,
      });
    });
    this.children.set(spec.name, child);
    const url = await child.start();
    this.ready(spec.name, url, started);
  }

  private ready(name: string, where: string, started: number): void {
    const line = `✓ ${name.padEnd(10)} ${where}  ${((Date.now() - started) / 1000).toFixed(1)} s`;
    this.tell({ vi: line, en: line });
  }

  private describe(databases: Databases): RunningState {
    const { plan } = this;
    const departments = plan.departments.map(({ name }) => [name, urlOf(plan, name, '/graphql')] as const);
    const processes = [...this.children].flatMap(([name, { pid }]) =>
      pid === undefined ? [] : [[name, pid] as const],
    );
    return {
      pid: process.pid,
      urls: {
        gateway: urlOf(plan, 'gateway', '/graphql'),
        console: urlOf(plan, 'gateway', '/'),
        metrics: urlOf(plan, 'metrics', '/metrics'),
        issuer: urlOf(plan, 'issuer'),
        departments: Object.fromEntries(departments),
      },
      ports: plan.ports,
      databases,
      configuration: gatewayConfiguration(plan, databases),
      processes: Object.fromEntries(processes),
    };
  }

  /** Stops all of it: first whoever takes requests, last the databases. Asked again, it hastens. */
  stop(): Promise<void> {
    if (this.stopping !== undefined) {
      for (const child of this.children.values()) child.kill();
      return this.stopping;
    }
    this.stopping = this.stopAll();
    return this.stopping;
  }

  private async stopAll(): Promise<void> {
    for (const child of this.passing) child.kill('SIGTERM');
    await Promise.all([...this.children.values()].map((child) => child.stop()));
    await this.postgres?.stop();
  }
}
