import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { composeSources } from '@lienthong/schema/compose';
import { type InProcessGateway, type InProcessSettings, inProcess } from '@lienthong/server/testing';
import { buildSchema, type GraphQLSchema, parse, validateSchema } from 'graphql';

import { WAYS } from './concerns.ts';
import { Faults } from './faults.ts';
import { generateModel, type Model } from './model.ts';
import { writeModel } from './sdl.ts';
import type { Call } from './traffic.ts';
import { type WitnessedRun, witnessing } from './whose.ts';
import { executableDepartment, personOf, type Run, runner, World } from './world.ts';
import { WrittenRules } from './written-rules.ts';

/** A generated federation that runs: the product over departments that record, and the oracle's monolith beside it. */
export interface Federation {
  readonly seed: string;
  readonly model: Model;
  readonly sdl: ReadonlyMap<string, string>;
  readonly supergraph: string;
  /** Of which the gateways are made. */
  readonly settings: InProcessSettings;
  readonly gateway: InProcessGateway;
  /** The same over the same departments, run by the reference engine; started when it is asked for. */
  reference(): Promise<InProcessGateway>;
  /** What departments do wrong; nothing, until it is told otherwise. */
  readonly faults: Faults;
  readonly monolith: { readonly schema: GraphQLSchema; readonly run: Run; readonly witness: WitnessedRun };
  readonly world: World;
  readonly departments: ReadonlyMap<string, GraphQLSchema>;
  readonly rules: WrittenRules;
  /** What departments received and the gateway logged since the last {@link forget}. */
  readonly calls: Call[];
  readonly log: string[];
  forget(): void;
  close(): Promise<void>;
}

/** Why generated schemas were refused, counted: a generator that is mostly refused proves little. */
export type Refusals = Map<string, number>;

/** The first federation from this seed that composition and admission accept. */
export const generateFederation = async (
  seed: string,
  refusals: Refusals = new Map(),
  modelOf: (seed: string) => Model = generateModel,
): Promise<Federation> => {
  for (let attempt = 0; attempt < 60; attempt++) {
    const federation = await startFederation(`${seed}.${attempt}`, modelOf(`${seed}.${attempt}`));
    if (!('refused' in federation)) return federation;
    refusals.set(federation.refused, (refusals.get(federation.refused) ?? 0) + 1);
  }
  throw new Error(`no schema from ${seed} composes: ${JSON.stringify([...refusals])}`);
};

/** Composes a model and starts it, or tells by which code it was refused. */
export const startFederation = async (seed: string, model: Model): Promise<Federation | { refused: string }> => {
  const { departments, monolith } = writeModel(model);
  const schema = buildSchema(monolith);
  if (validateSchema(schema).length > 0) return { refused: 'INVALID_GRAPHQL' };
  const composed = compose(departments);
  return 'refused' in composed ? composed : start(seed, model, departments, schema, composed.supergraph);
};

type Composed = { readonly supergraph: string } | { readonly refused: string };

/** Mutants are all looked for in the same schemas, and composition is most of the start. */
const compositions = new Map<string, Composed>();
const MAX_COMPOSED = 100;

export const compose = (sdl: ReadonlyMap<string, string>): Composed => {
  const key = JSON.stringify([...sdl]);
  const result = compositions.get(key) ?? composeAnew(sdl);
  if (compositions.size < MAX_COMPOSED) compositions.set(key, result);
  return result;
};

const composeAnew = (sdl: ReadonlyMap<string, string>): Composed => {
  const folder = mkdtempSync(join(tmpdir(), 'lienthong-fuzz-'));
  try {
    const departments = [...sdl].map(([name, text]) => {
      const file = join(folder, `${name}.graphql`);
      writeFileSync(file, text);
      return { name, url: `http://${name}.invalid/graphql`, schema: [file] };
    });
    const composition = composeSources({ departments }, { folder });
    if (composition.ok) return { supergraph: composition.supergraph };
    return { refused: composition.errors[0]?.code ?? 'UNKNOWN' };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const start = async (
  seed: string,
  model: Model,
  sdl: ReadonlyMap<string, string>,
  schema: GraphQLSchema,
  supergraph: string,
): Promise<Federation> => {
  const world = new World(model);
  const calls: Call[] = [];
  const log: string[] = [];
  const departments = new Map([...sdl].map(([name, text]) => [name, executableDepartment(text)] as const));
  const faults = new Faults(world, leads(model));
  const settings: InProcessSettings = {
    supergraph,
    unguarded: model.unguarded,
    onLog: (line) => log.push(line),
    ...(model.concerns ? { ledger: { idOf: personOf } } : {}),
    departments: ({ name }) => {
      const department = departments.get(name);
      if (!department) throw new TypeError(`no department ${name}`);
      const run = runner(department, world);
      const faulty = faults.department(name, sdl.get(name) ?? '');
      return async (query, variables) => {
        calls.push({ department: name, query, variables });
        return faults.seed === undefined ? run(parse(query), variables) : faulty(query, variables);
      };
    },
  };
  const gateway = await inProcess({ ...settings, engine: 'compiled' });
  let reference: Promise<InProcessGateway> | undefined;
  return {
    seed,
    model,
    sdl,
    supergraph,
    settings,
    gateway,
    reference: () => {
      reference ??= inProcess({ ...settings, engine: 'apollo' });
      return reference;
    },
    faults,
    monolith: { schema, run: runner(schema, world), witness: witnessing(schema, world, model) },
    world,
    departments,
    rules: new WrittenRules(sdl.values(), schema, model.unguarded),
    calls,
    log,
    async close() {
      await Promise.all([gateway.close(), (await reference)?.close()]);
    },
    forget() {
      calls.length = 0;
      log.length = 0;
    },
  };
};

/** The fields by which it is known whose an object is. */
const leads = ({ concerns }: Model) => {
  const ways = new Set<string>(concerns ? Object.values(WAYS).flatMap((way) => way.split('.')) : []);
  return (type: string, field: string): boolean =>
    ways.has(field) && (type === 'Citizen' ? field === 'id' : concerns?.types.get(type)?.own === field);
};
