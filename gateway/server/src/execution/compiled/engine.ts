import { createHash } from 'node:crypto';

import { type GraphQLFormattedError, type GraphQLSchema, print } from 'graphql';
import type { Logger } from 'pino';

import { PublicError } from '../../errors.ts';
import { CoordinateSets } from '../../ledger/coordinates.ts';
import type { Keys } from '../../ledger/keys.ts';
import { Notes } from '../../ledger/notes.ts';
import type { Handed } from '../../ledger/passed.ts';
import type { Subjects } from '../../ledger/subjects.ts';
import type { PreparedOperation } from '../../operation/model.ts';
import { takesContext } from '../../planning/context-order.ts';
import type { Planner, QueryPlan } from '../../planning/planner.ts';
import type { Decision } from '../../policy/authorize.ts';
import type { Part } from '../../remembered/part.ts';
import type { Remembered } from '../../remembered/remembered.ts';
import { Users } from '../../remembered/weight.ts';
import type { Trace } from '../../telemetry/trace.ts';
import type { KeptAnswers } from '../calls-under-way.ts';
import type { Caller, DepartmentSource } from '../department-source.ts';
import type { PermittedOperation } from '../document.ts';
import { CALL_PLACE } from '../place-of-call.ts';
import type { PrivateNames } from '../private-names.ts';
import { AnswerWriter } from './answer.ts';
import type { Written } from './answer-value.ts';
import { giveBack, takeArena } from './arena.ts';
import { type Binary, binaryJson } from './binary.ts';
import { type CompiledFetch, type CompiledPlan, compilePlan } from './compile.ts';
import { HandedInputs, type Sent } from './handed.ts';
import { Layout, type Row } from './layout.ts';
import { meetingsOf } from './meetings.ts';
import { outline } from './outline.ts';
import { Run, type RunParts } from './run.ts';
import { sharedCalls } from './shared-calls.ts';
import type { Collecting } from './site-facts.ts';
import { ToldPeople } from './told-people.ts';
import { Unsupported } from './unsupported.ts';

export interface CompiledEngineParts {
  readonly planner: Planner;
  /** The whole supergraph: fields that callers cannot see are fetched too. */
  readonly supergraphSchema: GraphQLSchema;
  /** What callers see. */
  readonly schema: GraphQLSchema;
  readonly sourceOf: (department: string) => DepartmentSource;
  readonly keptAnswers: KeptAnswers;
  readonly log: Logger;
  /** Where compiled plans are kept. */
  readonly remembered: Remembered;
}

/** What one permitted shape of an operation is, independent of who asks and of the values of its variables. */
export interface PermittedShape {
  readonly operation: PreparedOperation;
  readonly decision: Decision;
  /** The conditions' values; others may be there and do not count. */
  readonly variables: ReadonlyMap<string, unknown>;
  readonly names: PrivateNames;
  /** Undefined where nothing is left to ask. */
  readonly permitted: PermittedOperation | undefined;
  readonly isKnown: (typeName: string) => boolean;
  /** Where `permitted` asks besides whose data the answer holds. */
  readonly ledger: LedgerFacts | undefined;
}

/** What a version of the supergraph says for the ledger. */
export interface LedgerFacts {
  readonly subjects: Subjects;
  readonly keys: Keys;
}

export interface ExecutableRequest {
  /** By the client's names. */
  readonly variables: ReadonlyMap<string, unknown>;
  readonly caller: Caller;
  /** JSON of `__schema` and `__type`, by response key. */
  readonly introspection: ReadonlyMap<string, Buffer>;
  /** Whether the ids of those whom the answer is about are told besides; the shape has to ask for them. */
  readonly outlined: boolean;
  /** Where it is gathered what the answer discloses; the same. */
  readonly collecting: Pick<Collecting, 'idsInArguments'> | undefined;
}

export interface ExecutableAnswer {
  /** The answer without its errors, as it is sent: `{"data":…}` and the end of the line. */
  readonly json: Buffer;
  /** Fit to be shown, paths still in private names. */
  readonly errors: readonly GraphQLFormattedError[];
  /** The answer's objects with the ids of its persons, under private names. */
  readonly outline: unknown;
  /** Of what is shown, and of what departments were told of each other's data. */
  readonly gathered: { readonly notes: Notes; readonly handed: readonly Handed[] } | undefined;
}

/** A permitted shape, compiled. */
export interface Executable {
  /** Bytes, without its plan, which is counted by itself. */
  readonly weight: number;
  run(request: ExecutableRequest): Promise<ExecutableAnswer>;
}

const DATA = Buffer.from('{"data":');
const END = Buffer.from('}\n');

const NO_NAMES: ReadonlyMap<string, string> = new Map();

/**
 * Bytes, measured and rounded up: of a compiled plan, however small, and for each character of the plan's JSON; of what else
 * is compiled of a shape, and for each of its fields.
 */
const PLAN = 6_144;
const PLAN_CHARACTER = 12;
const SHAPE = 4_096;
const FIELD = 512;

/** A plan ready to run. Operations that differ in what callers write alone, aliases and names, have the same. */
interface ReadyPlan {
  readonly plan: CompiledPlan;
  readonly parts: RunParts;
  /** Bytes. */
  readonly weight: number;
  /** Of members that travel under a planner's names. */
  readonly realNames: ReadonlyMap<string, string>;
  /** Operations that run it. */
  readonly users: Users;
}

/** The default engine: plans compiled to what is done for each request, and nothing else is done for it. */
export class CompiledEngine {
  readonly #parts: CompiledEngineParts;
  readonly #plans: Part<ReadyPlan>;

  constructor(parts: CompiledEngineParts) {
    this.#parts = parts;
    this.#plans = parts.remembered.part({
      name: 'compiled',
      weightOf: ({ weight }) => weight,
      isInUse: ({ users }) => users.any,
    });
  }

  close(): void {
    this.#plans.close();
  }

  /**
   * Compiles a permitted shape; undefined where the reference engine has to run it.
   *
   * @throws PublicError as the planner does
   */
  async compile(shape: PermittedShape, trace?: Trace): Promise<Executable | undefined> {
    const { planner, supergraphSchema, schema } = this.#parts;
    const { operation, permitted, names, decision, variables, isKnown, ledger } = shape;
    const kind = operation.operation === 'mutation' ? 'mutation' : 'query';
    let ready: ReadyPlan | undefined;
    if (permitted) {
      try {
        ready = await this.#ready(permitted, kind, trace);
      } catch (error) {
        if (!(error instanceof Unsupported)) throw error;
        this.#parts.log.debug({ unsupported: error.message }, 'left to the reference engine');
        return undefined;
      }
    }
    ready?.users.add(operation.memory.weight);
    const plan = ready?.plan;
    const sets = new CoordinateSets();
    const writer = new AnswerWriter({
      schema,
      supergraphSchema,
      selections: operation.selections,
      rootType: operation.rootType.name,
      decision,
      variables,
      names,
      layout: plan?.layout ?? new Layout(),
      isKnown,
      ledger: ledger && { subjects: ledger.subjects, sets },
    });
    const realNames = ready?.realNames ?? NO_NAMES;
    const inputs = ledger && new HandedInputs({ ...ledger, supergraphSchema, realNames: planner.requiredFields });
    const weight = SHAPE + decision.permitted.size * FIELD;
    return executable(shape, ready?.parts, { writer, realNames, sets, inputs, weight });
  }

  async #ready(
    permitted: PermittedOperation,
    kind: 'query' | 'mutation',
    trace: Trace | undefined,
  ): Promise<ReadyPlan> {
    const { planner } = this.#parts;
    const key = sha256(print(permitted.document));
    const known = this.#plans.get(key);
    if (known) return known;
    const made = await planner.plan(permitted.document, key, trace);
    const plan = this.#compiled(made, kind);
    const realNames = new Map([
      ...[...planner.requiredFields].map(([name, { field }]) => [name, field] as const),
      ...plan.renamed,
    ]);
    const ready = {
      plan,
      realNames,
      parts: runParts(plan, this.#parts),
      weight: PLAN + planner.sizeOf(made) * PLAN_CHARACTER,
      users: new Users(),
    };
    this.#plans.set(key, ready);
    return ready;
  }

  /** @throws Unsupported; PublicError where the reference engine would answer without what a context was to tell */
  #compiled(made: QueryPlan, kind: 'query' | 'mutation'): CompiledPlan {
    try {
      return compilePlan(made, this.#parts.supergraphSchema, kind);
    } catch (error) {
      const { node } = made;
      if (!(error instanceof Unsupported) || !node || node.kind === 'Subscription' || !takesContext(node)) throw error;
      this.#parts.log.error({ failure: 'context', unsupported: error.message });
      throw new PublicError('OPERATION_UNRESOLVABLE');
    }
  }
}

const runParts = (
  plan: CompiledPlan,
  { supergraphSchema, sourceOf, keptAnswers, log }: CompiledEngineParts,
): RunParts => ({
  plan,
  schema: supergraphSchema,
  log,
  sourceOf,
  keptAnswers,
  meetings: meetingsOf(plan.step),
  shared: sharedCalls(),
});

/** What it takes to note whose the objects of one answer are. */
const noting = (
  { idsInArguments }: Pick<Collecting, 'idsInArguments'>,
  sets: CoordinateSets,
  bytes: Buffer,
): Collecting => {
  const notes = new Notes(sets);
  return { idsInArguments, notes, bytes, told: new ToldPeople(notes.people) };
};

/** What was compiled of a permitted shape besides its plan. */
interface Compiled {
  readonly writer: AnswerWriter;
  readonly realNames: ReadonlyMap<string, string>;
  readonly sets: CoordinateSets;
  readonly inputs: HandedInputs | undefined;
  readonly weight: number;
}

const executable = (
  { names }: PermittedShape,
  parts: RunParts | undefined,
  { writer, realNames, sets, inputs, weight }: Compiled,
): Executable => {
  const toDepartments = [...names.variables].map(([theirs, name]) => ({
    theirs,
    name,
    key: `${JSON.stringify(name)}:`,
  }));
  return {
    weight,
    async run({ variables, caller, introspection, outlined, collecting }) {
      const arena = takeArena();
      const sent: Sent[] = [];
      const handing =
        collecting && inputs ? { of: sent, hands: (fetch: CompiledFetch) => inputs.hands(fetch) } : undefined;
      let run: Run | undefined;
      try {
        if (parts) {
          const own = new Map<string, Binary>();
          for (const { theirs, name, key } of toDepartments) {
            if (variables.has(theirs)) own.set(name, `${key}${binaryJson(variables.get(theirs))}`);
          }
          run = new Run(parts, { caller, variables: own, arena, sent: handing });
          await run.step(parts.plan.step);
        }
        const root: Row = run?.root ?? [''];
        const told = outlined && parts ? outline(root, parts.plan.layout, names, arena.bytes) : {};
        const gathering = collecting && noting(collecting, sets, arena.bytes);
        const written: Written = { arena, introspection, isFaulty: false, collecting: gathering };
        const json = arena.written((out) => {
          out.all(DATA);
          writer.write(root, written, out);
          out.all(END);
        });
        const handed = gathering && inputs && sent.length > 0 ? inputs.of(root, sent, gathering) : [];
        const errors = (run?.errors ?? []).map((error) => withRealNames(error, realNames));
        if (written.isFaulty && errors.length === 0)
          errors.push(...invalidValues(writer.faults(root, written), caller));
        // Only now, when no call is under way any more: the next request writes over it.
        giveBack(arena);
        return { json, outline: told, errors, gathered: gathering && { notes: gathering.notes, handed } };
      } finally {
        if (run) parts?.keptAnswers.letGo(run.kept);
      }
    },
  };
};

/** What a @requires reads with arguments, and what plans rename, travels under names of the planner's own. */
const withRealNames = (error: GraphQLFormattedError, names: ReadonlyMap<string, string>): GraphQLFormattedError => {
  if (names.size === 0) return error;
  const real = (key: unknown) => names.get(String(key)) ?? (key as string | number);
  const { [CALL_PLACE]: place, ...others } = error.extensions ?? {};
  return {
    ...error,
    ...(error.path ? { path: error.path.map(real) } : {}),
    extensions: { ...others, ...(Array.isArray(place) ? { [CALL_PLACE]: place.map(real) } : {}) },
  };
};

/** Null where none may be, and nobody said why: an entity that was not found, or what only departments may know. */
const invalidValues = (
  places: readonly (readonly (string | number)[])[],
  { language }: Caller,
): GraphQLFormattedError[] => places.map((path) => ({ ...new PublicError('DEPARTMENT_ERROR').format(language), path }));

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
