import { createHash } from 'node:crypto';

import { apiSchemaOf, type Rules, readRules, stripAuthorization } from '@lienthong/schema/rules';
import { type DocumentNode, type GraphQLSchema, getOperationAST } from 'graphql';
import { PublicError } from '../errors.ts';
import type { Engine } from '../execution/engine.ts';
import { privatePrefix } from '../execution/private-names.ts';
import { type CostModel, readCostModel } from '../limits/cost-model.ts';
import type { PreparedOperation } from '../operation/model.ts';
import { prepareOperation } from '../operation/prepare.ts';
import { Decisions } from '../policy/decisions.ts';
import { Guards } from '../policy/guards.ts';
import { Views } from '../policy/views.ts';
import { type DepartmentFacts, readDepartments } from './department-scopes.ts';

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
  /** By the document Apollo Server keeps for a text, so equal texts share one and a new version begins empty. */
  readonly #prepared = new WeakMap<DocumentNode, Map<string, PreparedOperation>>();

  private constructor(sdl: string, schema: GraphQLSchema, rules: Rules, guards: Guards, engine: Engine) {
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
    const engine = await makeEngine({ strippedSdl: stripAuthorization(sdl), schema, departments });
    return new SupergraphVersion(sdl, schema, rules, new Guards(rules, schema, unguarded), engine);
  }

  /** The selected operation of a validated document. */
  prepare(document: DocumentNode, operationName: string | null | undefined): PreparedOperation {
    const key = operationName ?? '';
    const known = this.#prepared.get(document) ?? new Map<string, PreparedOperation>();
    let prepared = known.get(key);
    if (!prepared) {
      const operation = getOperationAST(document, operationName);
      if (!operation) throw new PublicError('OPERATION_RESOLUTION_FAILURE');
      prepared = prepareOperation(this.schema, document, operation);
      known.set(key, prepared);
      this.#prepared.set(document, known);
    }
    return prepared;
  }
}
