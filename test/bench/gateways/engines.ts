import { existsSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Engine } from './callers.ts';
import type { EngineInput, MeterQuestions } from './engines/meter.ts';
import { NotMeasured, type Part, startPart } from './parts.ts';

/** A gateway that is measured, and how its process is started. */
export interface EngineKind {
  /** As the table and the baseline name it. */
  readonly name: string;
  readonly file: string;
  /** Which of our own engines; absent: not ours. */
  readonly engine?: Engine;
  readonly loader?: string;
  readonly input?: Readonly<Record<string, unknown>>;
}

export interface RunningEngine {
  readonly name: string;
  readonly ours: boolean;
  readonly url: string;
  readonly part: Part<string, MeterQuestions>;
}

export const FLOOR = 'floor: calls only';
export const FLOOR_JSON = 'floor with JSON';
export const STOCK = 'stock Apollo';
const HIVE = 'Hive Gateway';
export const HIVE_RUST = 'Hive Gateway, Rust planner';

const checkout = fileURLToPath(new URL('../../../', import.meta.url));

export const oursOf = (engine: Engine, revision = '', folder = checkout): EngineKind => ({
  name: `ours, ${engine}${revision && ` @ ${revision}`}`,
  file: './engines/ours.ts',
  engine,
  ...productLoader(folder),
  input: { checkout: folder },
});

/** As `lienthong gateway` loads TypeScript: with less memory than tsx. Revisions before it had tsx. */
const productLoader = (folder: string): { readonly loader?: string } => {
  const file = `${folder}gateway/cli/src/typescript.js`;
  if (!existsSync(file)) return {};
  const url = JSON.stringify(pathToFileURL(file).href);
  const code = `import { understandTypeScript } from ${url}; understandTypeScript();`;
  return { loader: `data:text/javascript,${encodeURIComponent(code)}` };
};

/** Loaded as ours are: tsx would have every inner function named anew each time it is made, a twentieth of a small request. */
export const floors: readonly EngineKind[] = [
  { name: FLOOR, file: './engines/floor.ts', input: { json: false }, ...productLoader(checkout) },
  { name: FLOOR_JSON, file: './engines/floor.ts', input: { json: true }, ...productLoader(checkout) },
];

export const others: readonly EngineKind[] = [
  { name: STOCK, file: './engines/stock.ts' },
  { name: HIVE, file: './engines/hive.ts', input: { planner: 'own' } },
  { name: HIVE_RUST, file: './engines/hive.ts', input: { planner: 'rust' } },
];

/** The young generation is the first thing anybody would tune, and it halves the cost of others. */
const NODE_OPTIONS = ['--max-semi-space-size=64'];
/** As our unit of systemd starts it. */
export const OURS = {
  nodeOptions: ['--max-semi-space-size=32', '--heap-growing-percent=50'],
  env: { MALLOC_ARENA_MAX: '2', MALLOC_TRIM_THRESHOLD_: '2097152', MALLOC_MMAP_THRESHOLD_: '33554432' },
};

/** A gateway without figures. */
export interface Missing {
  readonly name: string;
  readonly why: string;
  /** Not installed, or not in this version; else it should have started. */
  readonly expected: boolean;
}

export interface StartedEngines {
  readonly running: readonly RunningEngine[];
  readonly notMeasured: readonly Missing[];
}

/** Starts gateways one after another; one that does not start leaves the others to be measured. */
export const startEngines = async (
  kinds: readonly EngineKind[],
  input: Omit<EngineInput, 'checkout' | 'config'>,
  configs: Readonly<Record<Engine, string>>,
  cores: readonly number[],
  data: string,
): Promise<StartedEngines> => {
  const running: RunningEngine[] = [];
  const notMeasured: Missing[] = [];
  for (const { name, file, engine, loader, input: own } of kinds) {
    try {
      const part = await startPart<string, MeterQuestions>({
        file,
        cores,
        nodeOptions: engine ? OURS.nodeOptions : NODE_OPTIONS,
        ...(loader && { loader, env: { ...OURS.env, LIENTHONG_DATA: data } }),
        input: { ...input, ...(engine && { config: configs[engine] }), ...own },
      });
      running.push({ name, url: part.ready, part, ours: engine !== undefined });
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      notMeasured.push({ name, why, expected: error instanceof NotMeasured });
    }
  }
  return { running, notMeasured };
};
