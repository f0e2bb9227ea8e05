/**
 * Everything that runs while something is measured: the departments, the load, the gateways under test. Nothing is timed
 * before every gateway has given the answers of stock Apollo.
 */
import { rmSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';

import { stripAuthorization } from '@lienthong/schema/rules';

import { type Callers, writeCallers } from './callers.ts';
import type { DepartmentsInput, DepartmentsQuestions } from './departments/process.ts';
import type { DepartmentUrls } from './departments/serve.ts';
import { type EngineKind, type RunningEngine, type StartedEngines, startEngines } from './engines.ts';
import type { LoadQuestions, LoadRequest, LoadResult } from './load/process.ts';
import { type Part, pinning, startPart } from './parts.ts';
import { type Recording, Reference } from './reference.ts';
import { composeSupergraph } from './supergraph.ts';
import { requestBody, type Workload } from './workloads.ts';

export interface RigOptions {
  readonly engines: readonly EngineKind[];
  /** Recorded for the floors and verified for all. */
  readonly workloads: readonly Workload[];
  /** People of the province; lists begin anew beyond. */
  readonly citizens: number;
  /** Milliseconds that departments take; absent: as good as none. */
  readonly delay?: number;
  readonly progress: (text: string) => void;
}

/** A workload as one gateway is asked it. */
export interface Prepared {
  readonly requests: readonly LoadRequest[];
  /** Calls to departments for one request. */
  readonly calls: number;
}

/** One stretch of load on one gateway. */
export interface Stretch extends LoadResult {
  /** Milliseconds of processor time of the gateway's process for one request. */
  readonly cpu: number;
}

interface RigParts {
  readonly engines: StartedEngines;
  readonly recordings: ReadonlyMap<string, Recording>;
  readonly pinned: boolean;
  readonly departments: Part<DepartmentUrls, DepartmentsQuestions>;
  readonly load: Part<null, LoadQuestions>;
  readonly callers: Callers;
  readonly start: (kinds: readonly EngineKind[]) => Promise<StartedEngines>;
  readonly undo: readonly (() => Promise<unknown>)[];
}

export class Rig {
  readonly engines: StartedEngines;
  readonly recordings: ReadonlyMap<string, Recording>;
  readonly pinned: boolean;
  readonly #parts: RigParts;

  private constructor(parts: RigParts) {
    this.engines = parts.engines;
    this.recordings = parts.recordings;
    this.pinned = parts.pinned;
    this.#parts = parts;
  }

  static async start({ engines, workloads, citizens, delay = 0, progress }: RigOptions): Promise<Rig> {
    const folder = await mkdtemp(join(tmpdir(), 'lienthong-bench-'));
    const undo: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];
    // Ctrl-C: the processes end with the channel to this one, the folder does not.
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
    try {
      const cores = pinning();
      progress('departments');
      const departments = await startPart<DepartmentUrls, DepartmentsQuestions>({
        file: './departments/process.ts',
        cores: cores.others,
        input: { citizens, delay } satisfies DepartmentsInput,
      });
      undo.push(() => departments.stop());
      const load = await startPart<null, LoadQuestions>({
        file: './load/process.ts',
        cores: cores.others,
        input: null,
      });
      undo.push(() => load.stop());

      const sdl = composeSupergraph(departments.ready);
      const strippedSdl = stripAuthorization(sdl);
      const [supergraphFile, strippedFile] = [join(folder, 'guarded.graphql'), join(folder, 'stripped.graphql')];
      await writeFile(supergraphFile, sdl);
      await writeFile(strippedFile, strippedSdl);
      const callers = await writeCallers(folder, supergraphFile, CALLERS);

      progress('what stock Apollo asks and answers');
      const recordings = await record(strippedSdl, workloads);
      const floor = join(folder, 'floor.json');
      await writeFile(floor, JSON.stringify(Object.fromEntries(recordings)));
      progress('gateways');
      const start = (kinds: readonly EngineKind[]) =>
        startEngines(kinds, { strippedSdl, strippedFile, floor }, callers.configs, cores.gateway, join(folder, 'data'));
      const started = await start(engines);
      undo.push(() => Promise.all(started.running.map(({ part }) => part.stop())));
      return new Rig({
        engines: started,
        recordings,
        pinned: cores.gateway.length > 0,
        departments,
        load,
        callers,
        start,
        undo,
      });
    } catch (error) {
      for (const step of undo.reverse()) await step();
      throw error;
    }
  }

  /**
   * Asks a gateway every variant of a workload once.
   *
   * @throws where an answer is not that of stock Apollo: a wrong answer is no result
   */
  async prepare(engine: RunningEngine, workload: Workload): Promise<Prepared> {
    const recording = this.recordings.get(workload.name);
    if (!recording) throw new Error(`${workload.name} is not recorded`);
    const requests: LoadRequest[] = [];
    let calls = 0;
    for (const [variant, { data }] of recording.answers.entries()) {
      const request = this.request(workload, variant);
      const before = await this.#parts.departments.ask('calls', null);
      const answer = await fetch(engine.url, { method: 'POST', headers: request.headers, body: request.body });
      const text = await answer.text();
      calls = (await this.#parts.departments.ask('calls', null)) - before;
      const body: unknown = JSON.parse(text);
      if (answer.status !== 200 || Object(body).errors || !isDeepStrictEqual(Object(body).data, data)) {
        throw new Error(
          `${engine.name} answers ${workload.name} wrongly (variant ${variant}): ${text.slice(0, 2_000)}`,
        );
      }
      requests.push({ ...request, bytes: Buffer.byteLength(text) });
    }
    return { requests, calls };
  }

  /** Configuration files of our gateway by engine. */
  get configs(): Callers['configs'] {
    return this.#parts.callers.configs;
  }

  /** One request; callers take turns with the variants. */
  request(workload: Workload, variant: number): LoadRequest {
    const { tokens } = this.#parts.callers;
    return {
      body: requestBody(workload, variant),
      headers: {
        'content-type': 'application/json',
        accept: 'application/json',
        authorization: `Bearer ${tokens[variant % tokens.length]}`,
        'x-workload': workload.name,
        'x-variant': String(variant),
      },
    };
  }

  /** Calls that departments have had since the start. */
  calls(): Promise<number> {
    return this.#parts.departments.ask('calls', null);
  }

  /** One more process of a gateway; whoever asks for it stops it. */
  another(kind: EngineKind): Promise<StartedEngines> {
    return this.#parts.start([kind]);
  }

  /** @throws where one request failed */
  async stretch(
    { name, url, part }: RunningEngine,
    requests: readonly LoadRequest[],
    { connections, seconds, atLeast = connections }: { connections: number; seconds: number; atLeast?: number },
  ): Promise<Stretch> {
    await this.#parts.load.ask('connect', { url, connections });
    const before = await part.ask('usage', null);
    const load = { url, connections, requests, milliseconds: seconds * 1_000, atLeast };
    const result = await this.#parts.load.ask('run', load);
    const after = await part.ask('usage', null);
    const failures = Object.entries(result.failures).map(([failure, times]) => `${times} × ${failure}`);
    if (failures.length > 0) {
      throw new Error(`${name}: of ${result.requests} answers under load failed ${failures.join(', ')}`);
    }
    return { ...result, cpu: (after.cpu - before.cpu) / result.requests };
  }

  async close(): Promise<void> {
    for (const step of [...this.#parts.undo].reverse()) await step();
  }
}

/** Persons who ask: their tokens are verified and remembered as those of a busy afternoon are. */
const CALLERS = 16;

const record = async (strippedSdl: string, workloads: readonly Workload[]): Promise<ReadonlyMap<string, Recording>> => {
  const reference = await Reference.start(strippedSdl);
  try {
    const recordings = new Map<string, Recording>();
    for (const workload of workloads) recordings.set(workload.name, await reference.record(workload));
    return recordings;
  } finally {
    await reference.close();
  }
};
