import { createHash } from 'node:crypto';

import { apiSchemaOf, type Rules, readRules, stripAuthorization } from '@lienthong/schema/rules';
import { readDataSubjects } from '@lienthong/schema/subjects';
import { buildSchema, type DocumentNode, type GraphQLSchema, getOperationAST } from 'graphql';
import { PublicError } from '../errors.ts';
import type { Executable, PermittedShape } from '../execution/compiled/engine.ts';
import { permittedDocument } from '../execution/document.ts';
import type { Engine } from '../execution/engine.ts';
import { PrivateNames, privatePrefix } from '../execution/private-names.ts';
import { Keys } from '../ledger/keys.ts';
import { plannedSdl } from '../ledger/planned-sdl.ts';
import { Subjects } from '../ledger/subjects.ts';
import { type CostModel, readCostModel } from '../limits/cost-model.ts';
import { DocumentMemory } from '../operation/memory.ts';
import type { PreparedOperation } from '../operation/model.ts';
import { prepareOperation } from '../operation/prepare.ts';
import type { Decision } from '../policy/authorize.ts';
import { Decisions } from '../policy/decisions.ts';
import { Guards } from '../policy/guards.ts';
import { Views } from '../policy/views.ts';
import { type Trace, traced } from '../telemetry/trace.ts';
import { type DepartmentFacts, readDepartments } from './department-scopes.ts';

/** A compiled shape and the names that its errors are told by. */
export interface ReadyShape {
  readonly executable: Executable;
  readonly names: PrivateNames;
}

/** By what the caller may know of: its view, or the whole schema. */
type ByView = WeakMap<GraphQLSchema, Promise<ReadyShape | undefined>>;

/** What was compiled of one operation, by decision, which is one for all to whom it applies alike. */
interface Compiled {
  plain?: Map<Decision, ByView>;
  /** Those that tell whose data they hold. */
  identified?: Map<Decision, ByView>;
  /** Bytes. */
  weight: number;
}

const nothingCompiled = (): Compiled => ({ weight: 0 });

const NO_VARIABLES: ReadonlyMap<string, unknown> = new Map();

/** As many as there are decisions of one operation (policy/decisions.ts); with more it begins anew. */
const COMPILED = 256;

interface VersionParts {
  readonly sdl: string;
  readonly schema: GraphQLSchema;
  readonly rules: Rules;
  readonly guards: Guards;
  readonly subjects: Subjects;
  readonly engine: Engine;
}

export type EngineFactory = (input: {
  readonly strippedSdl: string;
  readonly schema: GraphQLSchema;
  readonly departments: readonly DepartmentFacts[];
}) => Promise<Engine>;

/**
 * One version of the supergraph and everything derived from it: rules, guards, views, plans and prepared operations swap
 * together, because a request holds on to the version it began with (AUTHORIZATION §2.9).
 */
export class SupergraphVersion {
  /** SHA-256 of the SDL. */
  readonly id: string;
  readonly sdl: string;
  readonly schema: GraphQLSchema;
  readonly rules: Rules;
  readonly guards: Guards;
  readonly decisions: Decisions;
  /** What callers may know of `schema`. */
  readonly views: Views;
  readonly costs: CostModel;
  readonly engine: Engine;
  readonly privatePrefix: string;
  /** Whose data it is. */
  readonly subjects: Subjects;
  readonly keys: Keys;

  private constructor({ sdl, schema, rules, guards, subjects, engine }: VersionParts) {
    this.id = createHash('sha256').update(sdl).digest('hex');
    this.sdl = sdl;
    this.schema = schema;
    this.rules = rules;
    this.guards = guards;
    this.decisions = new Decisions(rules);
    this.views = new Views(schema, guards);
    this.costs = readCostModel(sdl);
    this.engine = engine;
    this.privatePrefix = privatePrefix(schema);
    this.subjects = subjects;
    this.keys = new Keys(sdl);
  }

  /**
   * Reads a supergraph whole, or not at all.
   *
   * @param sdl as composed, with its authorization directives
   * @throws AdmissionError, or the federation library's own error, where the SDL cannot be served
   */
  static async load(sdl: string, unguarded: 'allow' | 'refuse', makeEngine: EngineFactory): Promise<SupergraphVersion> {
    const rules = readRules(sdl);
    const schema = apiSchemaOf(sdl);
    const departments = readDepartments(sdl, rules);
    const guards = new Guards(rules, schema, unguarded);
    const strippedSdl = stripAuthorization(sdl);
    const supergraphSchema = buildSchema(strippedSdl, { assumeValid: true, assumeValidSDL: true });
    const subjects = new Subjects({
      declared: readDataSubjects(sdl),
      guards: new Guards(rules, supergraphSchema, unguarded),
      ...{ supergraphSchema, schema, privatePrefix: privatePrefix(schema) },
    });
    const engine = await makeEngine({ strippedSdl: plannedSdl(strippedSdl, subjects), schema, departments });
    return new SupergraphVersion({ sdl, schema, rules, guards, subjects, engine });
  }

  /**
   * A permitted shape, compiled once for all who may have it.
   *
   * @param identifyPersons whether it has to be known whose data the answer holds
   * @param view what the caller may know of, where denied names are hidden
   * @param trace of the request that asks; told of where nothing is compiled yet
   */
  executable(
    shape: Omit<PermittedShape, 'names' | 'permitted' | 'isKnown' | 'ledger'>,
    identifyPersons: boolean,
    view?: GraphQLSchema,
    trace?: Trace,
  ) {
    const { memory } = shape.operation;
    const compiled = memory.of(this, nothingCompiled);
    const kind = identifyPersons ? 'identified' : 'plain';
    const key = view ?? this.schema;
    const known = compiled[kind]?.get(shape.decision)?.get(key);
    if (known) return known;
    if ((compiled[kind]?.size ?? 0) >= COMPILED) {
      delete compiled.plain;
      delete compiled.identified;
      memory.weight.grow(-compiled.weight);
      compiled.weight = 0;
    }
    compiled[kind] ??= new Map();
    const byDecision = compiled[kind];
    const byView: ByView = byDecision.get(shape.decision) ?? new WeakMap();
    byDecision.set(shape.decision, byView);
    const ready = traced(trace, 'compile', () => this.#compile(shape, identifyPersons, view, trace));
    byView.set(key, ready);
    ready.then(
      (made) => {
        const bytes = made?.executable.weight ?? 0;
        compiled.weight += bytes;
        memory.weight.grow(bytes);
      },
      // A refusal may be another one tomorrow: planning is remembered, and forgotten, where plans are made.
      () => byView.delete(key),
    );
    return ready;
  }

  /**
   * Prepares an operation of the version before for its next request here: whoever it was decided and compiled for is decided
   * for anew, by this version's rules, and compiled for.
   *
   * @throws PublicError as a request would be refused
   */
  async warm(
    document: DocumentNode,
    operationName: string | null,
    previous: SupergraphVersion,
    known: PreparedOperation,
  ) {
    const operation = this.prepare(document, operationName);
    const compiled = known.memory.of(previous, nothingCompiled);
    for (const [before, asker] of previous.decisions.inUse(known)) {
      const decision = this.decisions.decide({ ...asker, operation, guards: this.guards });
      for (const kind of ['plain', 'identified'] as const) {
        if (!compiled[kind]?.get(before)?.has(previous.schema)) continue;
        await this.executable({ operation, decision, variables: asker.variables }, kind === 'identified');
      }
    }
  }

  async #compile(
    shape: Omit<PermittedShape, 'names' | 'permitted' | 'isKnown' | 'ledger'>,
    identifyPersons: boolean,
    view: GraphQLSchema | undefined,
    trace: Trace | undefined,
  ): Promise<ReadyShape | undefined> {
    const names = new PrivateNames(this.privatePrefix);
    const { operation, decision } = shape;
    // Of the first caller's variables nothing may stay: whoever comes later runs the same.
    const conditions = operation.memory.conditions(operation);
    const variables =
      conditions.length === 0 ? NO_VARIABLES : new Map(conditions.map((name) => [name, shape.variables.get(name)]));
    const ledger = identifyPersons ? { subjects: this.subjects, keys: this.keys } : undefined;
    const permitted = permittedDocument(operation, decision.asked, variables, names, ledger?.subjects);
    const isKnown = (typeName: string): boolean => view === undefined || view.getType(typeName) !== undefined;
    const executable = await this.engine.compile?.({ ...shape, variables, names, permitted, isKnown, ledger }, trace);
    return executable && { executable, names };
  }

  /** The selected operation of a validated document. */
  prepare(document: DocumentNode, operationName: string | null | undefined): PreparedOperation {
    const memory = DocumentMemory.of(document);
    return memory.prepared(operationName ?? '', this, () => {
      const operation = getOperationAST(document, operationName);
      if (!operation) throw new PublicError('OPERATION_RESOLUTION_FAILURE');
      return prepareOperation(this.schema, document, operation, memory.weight);
    });
  }
}
