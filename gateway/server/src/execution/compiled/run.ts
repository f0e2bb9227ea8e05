import type { GraphQLFormattedError, GraphQLSchema } from 'graphql';
import type { Logger } from 'pino';

import { PublicError } from '../../errors.ts';
import { bodyOf, type EntityList } from '../batching/entity-call.ts';
import type { KeptAnswers } from '../calls-under-way.ts';
import { DepartmentCallError, type ParsedAnswer, type Received } from '../department-answer.ts';
import type { Asked, Caller, DepartmentSource, Processed } from '../department-source.ts';
import type { Arena } from './arena.ts';
import type { Binary } from './binary.ts';
import { byContext } from './by-context.ts';
import {
  type CompiledFetch,
  type CompiledPlan,
  type CompiledStep,
  REPRESENTATIONS,
  type SharedCall,
} from './compile.ts';
import { toldVariables } from './contexts.ts';
import type { Sent } from './handed.ts';
import type { Row } from './layout.ts';
import type { Meeting } from './meetings.ts';
import { AnswerReader, Unusual } from './read.ts';
import { copyOf, mergeRow, RowMaker } from './rows.ts';
import { type ToldOnce, tellOnce } from './told-once.ts';
import { Word } from './word.ts';

export interface RunParts {
  readonly plan: CompiledPlan;
  /** The whole supergraph. */
  readonly schema: GraphQLSchema;
  readonly log: Logger;
  readonly sourceOf: (department: string) => DepartmentSource;
  readonly keptAnswers: KeptAnswers;
  /** One call for several entity fetches of one department, compiled once. */
  readonly shared: (fetches: readonly CompiledFetch[]) => SharedCall;
  /** Departments that several fetches of the plan ask for entities: their fetches may meet at one stage. */
  readonly meetings: ReadonlyMap<CompiledFetch, Meeting>;
}

export interface RunRequest {
  readonly caller: Caller;
  /** `"name":value` of each variable, by own name. */
  readonly variables: ReadonlyMap<string, Binary>;
  readonly arena: Arena;
  /** Where it is gathered of which objects departments are told something. */
  readonly sent?: { readonly of: Sent[]; readonly hands: (fetch: CompiledFetch) => boolean } | undefined;
}

/** The objects that one entity fetch extends, and what stands for them: all of them, or those that stand below the same. */
interface Gathered extends ToldOnce {
  readonly fetch: CompiledFetch;
  readonly rows: readonly Row[];
  /** Which of those at the end of the path these are; undefined: all, in order. */
  readonly orders: readonly number[] | undefined;
  /** What its context variables are told, in their order. */
  readonly contexts: readonly (Binary | undefined)[];
}

interface Waiting {
  readonly fetch: CompiledFetch;
  readonly gathered: readonly Gathered[];
  readonly done: () => void;
}

/** A meeting of one request: who has come, and how many may still come. */
interface Gathering {
  missing: number;
  waiting: Waiting[];
  timer: NodeJS.Timeout | undefined;
}

/** Milliseconds. */
const MIN_PATIENCE = 2;
const MAX_PATIENCE = 100;

const ENTITIES = '_entities';
/** Fetches that share one call: the others make another. */
const MAX_TOGETHER = 32;
const NO_CONTEXTS: readonly undefined[] = [];
/** Errors told of one answer: as many as are taken from one (department-judge.ts). */
const MAX_ERRORS = 100;
const QUOTED_ENTITIES = new Word('"_entities"');
const REPRESENTATIONS_LIST = Buffer.from(`${JSON.stringify(REPRESENTATIONS)}:[`);

/** One request on its way through its plan. */
export class Run {
  readonly root: Row;
  readonly errors: GraphQLFormattedError[] = [];
  /** Bytes of the answers that it has taken in, counted among those kept. */
  kept = 0;
  readonly #parts: RunParts;
  readonly #request: RunRequest;
  /** Meetings that some of their fetches have come to. */
  readonly #gatherings = new Map<Meeting, Gathering>();
  readonly #began = performance.now();

  constructor(parts: RunParts, request: RunRequest) {
    this.#parts = parts;
    this.#request = request;
    this.root = [parts.plan.rootType];
  }

  /** Undefined where there was nothing to wait for. */
  step(step: CompiledStep): Promise<unknown> | undefined {
    if (step.kind === 'fetch') return this.#fetch(step.fetch);
    if (step.kind === 'sequence') return this.#sequence(step.steps);
    const started: Promise<unknown>[] = [];
    for (const inner of step.steps) {
      const pending = this.step(inner);
      if (pending) started.push(pending);
    }
    return started.length > 1 ? Promise.all(started) : started[0];
  }

  async #sequence(steps: readonly CompiledStep[]): Promise<void> {
    for (const step of steps) {
      const pending = this.step(step);
      if (pending) await pending;
    }
  }

  /** Never fails: a defect of ours, or a token that cannot be signed, costs what one fetch would have brought. */
  #fetch(fetch: CompiledFetch): Promise<unknown> | undefined {
    try {
      return this.#start(fetch);
    } catch (error) {
      this.#defect(error);
      return undefined;
    }
  }

  #start(fetch: CompiledFetch): Promise<unknown> | undefined {
    if (!fetch.entities) return fetch.path.rows(this.root).length > 0 ? this.#root(fetch) : undefined;
    const gathered = this.#gather(fetch);
    const meeting = this.#parts.meetings.get(fetch);
    if (!meeting) return gathered.length > 0 ? this.#call(gathered) : undefined;
    return this.#meet(meeting, fetch, gathered);
  }

  /** Calls one department for all of them, together as far as that goes. */
  #call(all: readonly Gathered[]): Promise<unknown> {
    const [first, ...others] = all;
    if (first && others.length === 0) return this.#alone(first);
    const calls: Promise<void>[] = [];
    for (let at = 0; at < all.length; at += MAX_TOGETHER) calls.push(this.#together(all.slice(at, at + MAX_TOGETHER)));
    return Promise.all(calls);
  }

  /**
   * Waits for the fetches that share a call, but never longer than the request has taken so far: whoever is late, because
   * its department is, holds up the others by no more than they have waited in any case.
   */
  #meet(meeting: Meeting, fetch: CompiledFetch, gathered: readonly Gathered[]): Promise<void> | undefined {
    let gathering = this.#gatherings.get(meeting);
    if (!gathering) {
      gathering = { missing: meeting.size, waiting: [], timer: undefined };
      this.#gatherings.set(meeting, gathering);
    }
    const { waiting } = gathering;
    gathering.missing -= 1;
    const met = gathered.length > 0 ? new Promise<void>((done) => waiting.push({ fetch, gathered, done })) : undefined;
    if (gathering.missing === 0) this.#flush(gathering);
    else if (met && !gathering.timer) {
      const patience = Math.min(Math.max(performance.now() - this.#began, MIN_PATIENCE), MAX_PATIENCE);
      gathering.timer = setTimeout(() => this.#flush(gathering), patience);
    }
    return met;
  }

  #flush(gathering: Gathering): void {
    clearTimeout(gathering.timer);
    gathering.timer = undefined;
    const { waiting } = gathering;
    if (waiting.length === 0) return;
    gathering.waiting = [];
    // In the plan's order: whoever came first, the same fetches make the same call.
    if (waiting.length > 1) waiting.sort((a, b) => a.fetch.id - b.fetch.id);
    const all: Gathered[] = [];
    for (const { gathered } of waiting) for (const part of gathered) all.push(part);
    this.#call(all).then(() => {
      for (const { done } of waiting) done();
    });
  }

  #defect(error: unknown): void {
    const { requestId, language } = this.#request.caller;
    this.#parts.log.error({ requestId, failure: 'engine', err: error });
    this.errors.push(new PublicError('INTERNAL_SERVER_ERROR').format(language));
  }

  async #root(fetch: CompiledFetch): Promise<void> {
    try {
      const received = await this.#sendRoot(fetch);
      const { rootType } = fetch;
      const asked = this.#asked(fetch, []);
      if (received instanceof DepartmentCallError) {
        this.#take(fetch, this.#source(fetch).failed(received, asked), []);
        return;
      }
      const { arena } = this.#request;
      const row = this.#strictly(received, (reader) => reader.answer(() => reader.object(fetch.place, rootType)));
      if (row) {
        this.#source(fetch).wellRead(received);
        this.#extend(fetch, row);
        return;
      }
      const processed = this.#source(fetch).read(received, asked);
      this.#take(fetch, processed, []);
      const type = this.#parts.schema.getType(rootType);
      if (processed.data) this.#extend(fetch, new RowMaker(arena).row(processed.data, fetch.place, type as never));
    } catch (error) {
      this.#defect(error);
    }
  }

  #extend({ path }: CompiledFetch, told: Row): void {
    const { plan, schema } = this.#parts;
    for (const [order, row] of path.rows(this.root).entries()) {
      mergeRow(row, plan.byPlace && order > 0 ? copyOf(told) : told, schema);
    }
  }

  async #alone(gathered: Gathered): Promise<void> {
    try {
      const { fetch, list, types } = gathered;
      const told = [{ alias: ENTITIES, before: REPRESENTATIONS_LIST, list, count: types.length }];
      const received = await this.#sendEntities(fetch, fetch, told, contextsOf(gathered, ''));
      if (received instanceof DepartmentCallError) {
        this.#take(fetch, this.#source(fetch).failed(received, this.#asked(fetch, types)), [gathered]);
        return;
      }
      const lists = [{ quoted: QUOTED_ENTITIES, place: fetch.place, types }];
      const rows = this.#strictly(received, (reader) => reader.answer(() => reader.entities(lists)))?.[0];
      if (rows) {
        this.#source(fetch).wellRead(received);
        this.#attach(gathered, rows);
      } else this.#look(gathered, this.#source(fetch).read(received, this.#asked(fetch, types)));
    } catch (error) {
      this.#defect(error);
    }
  }

  /** Several entity fetches to one department as one call. */
  async #together(waiting: readonly Gathered[]): Promise<void> {
    try {
      const [{ fetch: first } = { fetch: undefined }] = waiting;
      if (!first) return;
      const call = this.#parts.shared(waiting.map(({ fetch }) => fetch));
      const lists = waiting.map(({ list, types }, index) => ({
        alias: call.parts[index]?.alias ?? ENTITIES,
        before: call.parts[index]?.before ?? REPRESENTATIONS_LIST,
        list,
        count: types.length,
      }));
      const contexts = waiting.flatMap((gathered, index) => contextsOf(gathered, call.parts[index]?.suffix ?? ''));
      const received = await this.#sendEntities(first, call, lists, contexts);
      if (received instanceof DepartmentCallError) {
        for (const gathered of waiting) {
          const { fetch, types } = gathered;
          this.#take(fetch, this.#source(fetch).failed(received, this.#asked(fetch, types)), [gathered]);
        }
        return;
      }
      const expected = waiting.map(({ fetch, types }, index) => ({
        quoted: call.parts[index]?.quoted ?? QUOTED_ENTITIES,
        place: fetch.place,
        types,
      }));
      const rows = this.#strictly(received, (reader) => reader.answer(() => reader.entities(expected)));
      if (!rows) {
        await this.#lookAtShared(first, call, waiting, received);
        return;
      }
      this.#source(first).wellRead(received);
      for (const [index, gathered] of waiting.entries()) this.#attach(gathered, rows[index] ?? []);
    } catch (error) {
      this.#defect(error);
    }
  }

  /** An answer that several share and that is not all well: each gets its own part, and the errors that concern it. */
  async #lookAtShared(
    first: CompiledFetch,
    call: SharedCall,
    waiting: readonly Gathered[],
    received: Received,
  ): Promise<void> {
    const aliases = new Set(call.parts.map(({ alias }) => alias));
    let hasData = true;
    const parts = call.parts.map(({ alias }, index) => ({
      asked: this.#asked(waiting[index]?.fetch ?? first, waiting[index]?.types ?? []),
      partOf: (answer: ParsedAnswer) => {
        hasData = typeof answer.data === 'object' && answer.data !== null;
        return partOf(answer, alias, aliases);
      },
    }));
    const processed = this.#source(first).readShared(received, parts, { execution: this.#request.caller });
    // What is wrong with one took the data of all, or so many together are refused: each by itself may be answered.
    if (!hasData) await Promise.all(waiting.map((gathered) => this.#alone(gathered)));
    else for (const [index, gathered] of waiting.entries()) this.#look(gathered, processed[index] ?? {});
  }

  /** Takes over what of an entity answer can be used. */
  #look(gathered: Gathered, processed: Processed): void {
    const { fetch, types } = gathered;
    this.#take(fetch, processed, [gathered]);
    const entities: unknown = processed.data?.[ENTITIES];
    if (!Array.isArray(entities)) return;
    const maker = new RowMaker(this.#request.arena);
    this.#attach(
      gathered,
      types.map((type, index) => {
        const entity: unknown = entities[index];
        if (typeof entity !== 'object' || entity === null) return null;
        return maker.row(entity as Record<string, unknown>, fetch.place, this.#parts.schema.getType(type) as never);
      }),
    );
  }

  /** Gives each object what was told of its entity. */
  #attach({ rows, indexes }: Gathered, told: readonly (Row | null)[]): void {
    const { plan, schema } = this.#parts;
    for (let order = 0; order < rows.length; order += 1) {
      // None for -1.
      const source = told[indexes[order] as number];
      if (source) mergeRow(rows[order] as Row, plan.byPlace ? copyOf(source) : source, schema);
    }
  }

  /** The strict reading; undefined where the answer has to be looked at closely. */
  #strictly<T>({ status, parts, size }: Received, read: (reader: AnswerReader) => T): T | undefined {
    const { arena } = this.#request;
    if (status !== 200) return undefined;
    const begin = arena.append(parts, size);
    this.kept += size;
    this.#parts.keptAnswers.keep(size);
    try {
      return read(new AnswerReader(arena, begin));
    } catch (error) {
      if (!(error instanceof Unusual)) throw error;
      return undefined;
    }
  }

  /** Several where not all of its objects stand below the same: each of them is a question of its own. */
  #gather(fetch: CompiledFetch): readonly Gathered[] {
    const { entities, path } = fetch;
    if (!entities) return [];
    if (entities.contexts.length > 0) {
      const { bytes } = this.#request.arena;
      const groups = byContext(fetch, this.root, this.#parts.schema, bytes, () => this.#unknownContext(fetch));
      return [...groups].flatMap((group) => this.#told({ fetch, ...group }) ?? []);
    }
    const gathered = this.#told({ fetch, rows: path.rows(this.root), orders: undefined, contexts: NO_CONTEXTS });
    return gathered ? [gathered] : [];
  }

  #told(part: Omit<Gathered, keyof ToldOnce>): Gathered | undefined {
    const { fetch, rows, orders, contexts } = part;
    const representations = fetch.entities?.representations;
    const told = representations && tellOnce(rows, representations, this.#request.arena);
    if (!told) return undefined;
    const { list, types, indexes } = told;
    const { sent } = this.#request;
    if (sent?.hands(fetch)) sent.of.push({ fetch, rows: rows.filter((_, order) => indexes[order] !== -1) });
    // A whole literal: one with another spread in it costs several times as much, and so does whoever reads it.
    return { fetch, rows, orders, contexts, list, types, indexes };
  }

  /** The value was to come from a call that failed, and that was told; where it was not, the defect is ours. */
  #unknownContext({ department, path }: CompiledFetch): void {
    if (this.errors.length > 0) return;
    this.#defect(new TypeError(`nothing is known of what «${department}» is to be told above ${path.names.join('.')}`));
  }

  #sendRoot(fetch: CompiledFetch): Promise<Received | DepartmentCallError> {
    const body = bodyOf({ head: fetch.head, lists: [], tail: `${this.#members(fetch.variables, '')}}}` });
    return this.#source(fetch).send(body, this.#request.caller, !this.#parts.plan.mutation);
  }

  /** Entities are asked for by queries, whatever the request is. */
  #sendEntities(
    fetch: CompiledFetch,
    { head, variables }: Pick<CompiledFetch, 'head' | 'variables'>,
    lists: readonly EntityList[],
    contexts: readonly Binary[],
  ): Promise<Received | DepartmentCallError> {
    const source = this.#source(fetch);
    const { caller } = this.#request;
    const members = this.#members(variables, ']');
    const tail = `${contexts.length === 0 ? members : [members, ...contexts].join(',')}}}`;
    return source.batches
      ? source.sendEntities({ head, lists, tail }, caller)
      : source.send(bodyOf({ head, lists, tail }), caller, true);
  }

  /** The members of `variables` but for representations. */
  #members(names: readonly string[], before: Binary): Binary {
    let members = before;
    for (const name of names) {
      const value = this.#request.variables.get(name);
      if (value !== undefined) members += members === '' ? value : `,${value}`;
    }
    return members;
  }

  #source({ department }: CompiledFetch): DepartmentSource {
    return this.#parts.sourceOf(department);
  }

  #asked({ query, path }: CompiledFetch, types: readonly string[]): Asked {
    return { query, types, path: path.names, execution: this.#request.caller };
  }

  /** Errors of a call, at their places in the whole answer. */
  #take({ path }: CompiledFetch, { errors = [] }: Processed, [gathered]: readonly Gathered[]): void {
    let places: (readonly (string | number)[])[] | undefined;
    const taken = this.errors.length;
    for (const error of errors) {
      const { path: told } = error;
      const [, index, ...rest] = told ?? [];
      if (gathered && typeof index === 'number' && index in gathered.types) {
        places ??= path.places(this.root);
        // One for each object that the entity stands for; of thousands of them some are enough.
        let left = Math.max(1, MAX_ERRORS + taken - this.errors.length);
        for (let order = 0; order < gathered.rows.length && left > 0; order += 1) {
          if (gathered.indexes[order] !== index) continue;
          this.errors.push({ ...error, path: [...(places[gathered.orders?.[order] ?? order] ?? []), ...rest] });
          left -= 1;
        }
      } else this.errors.push(told ? { ...error, path: [...path.names, ...(gathered ? rest : told)] } : error);
    }
  }
}

const NO_VARIABLES: readonly Binary[] = [];

const contextsOf = ({ fetch, contexts }: Gathered, suffix: string): readonly Binary[] =>
  contexts.length === 0 ? NO_VARIABLES : toldVariables(fetch.entities?.contexts ?? [], contexts, suffix);

/** The part of a shared answer that belongs to one fetch, under the name that it would have alone. */
const partOf = ({ data, errors }: ParsedAnswer, alias: string, aliases: ReadonlySet<unknown>): ParsedAnswer => {
  const own = typeof data === 'object' && data !== null && Object.hasOwn(data, alias);
  const part = own ? { data: { [ENTITIES]: (data as Record<string, unknown>)[alias] } } : {};
  if (!Array.isArray(errors)) return part;
  const concerning = errors.flatMap((error: unknown) => {
    if (typeof error !== 'object' || error === null) return [error];
    const { path } = error as { path?: unknown };
    if (!Array.isArray(path) || !aliases.has(path[0])) return [error];
    return path[0] === alias ? [{ ...error, path: [ENTITIES, ...path.slice(1)] }] : [];
  });
  return { ...part, errors: concerning };
};
