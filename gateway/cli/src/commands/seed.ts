import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { CommandError } from '../command-error.ts';
import { guarded } from '../up/child.ts';
import { databasesFrom, makeDatabases, ownKeepers } from '../up/databases.ts';
import { dataFolder, root } from '../up/folders.ts';
import { takeLock } from '../up/lock.ts';
import { makePlan } from '../up/plan.ts';
import { departmentSpec, type Plan } from '../up/specs.ts';
import { readState } from '../up/state.ts';

/** `lienthong seed`: replaces every department's data, whether the federation runs or not. */
export async function seed(citizens: number): Promise<void> {
  const data = dataFolder();
  mkdirSync(data, { recursive: true, mode: 0o755 });
  const running = readState(data);
  if (running !== undefined) {
    const plan = await makePlan({ data, env: process.env, anyPorts: true, interrupted: false, keepLogs: true });
    await seedAll(plan, running.databases, citizens);
    return;
  }
  const lock = takeLock(data);
  try {
    const plan = await makePlan({ data, env: process.env, anyPorts: true, interrupted: false, keepLogs: true });
    const keepers = [...plan.departments, ...ownKeepers];
    const external = databasesFrom(process.env, keepers);
    const own = keepers.filter(({ name }) => !(name in external));
    const { startPostgres } = await import('@lienthong/kit/postgres');
    const server = own.length === 0 ? undefined : await startPostgres({ folder: `${data}/postgres`, port: 0 });
    try {
      const made = server === undefined ? {} : await makeDatabases(server, own, data);
      await seedAll(plan, { ...made, ...external }, citizens);
    } finally {
      await server?.stop();
    }
  } finally {
    lock.release();
  }
}

/** One after the other, on this terminal: each shows its own progress. */
async function seedAll(plan: Plan, databases: Readonly<Record<string, string>>, citizens: number): Promise<void> {
  for (const department of plan.departments) {
    const url = databases[department.name];
    if (url === undefined) continue;
    const spec = departmentSpec(plan, department, url, ['seed', '--citizens', String(citizens)]);
    const child = spawn(process.execPath, guarded(spec), {
      cwd: root,
      env: { LOG_LEVEL: 'warn', ...spec.env },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
    if (code !== 0) {
      throw new CommandError('SEED_FAILED', {
        vi: `Nạp dữ liệu ${department.name} thất bại; lý do ở ngay trên. Chạy lại lệnh này sau khi sửa.`,
        en: `Seeding ${department.name} failed; the reason is right above. Run the command again when it is removed.`,
      });
    }
  }
}
