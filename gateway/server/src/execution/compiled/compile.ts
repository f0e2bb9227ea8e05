import type { FetchNode, PlanNode, QueryPlan, QueryPlanSelectionNode } from '@apollo/query-planner';
import {
  type GraphQLSchema,
  isCompositeType,
  Kind,
  type OperationDefinitionNode,
  parse,
  print,
  type SelectionSetNode,
  stripIgnoredCharacters,
  type VariableDefinitionNode,
  visit,
} from 'graphql';

import { takesContext } from '../../planning/context-order.ts';
import { renamedMembersOf } from '../renamed-members.ts';
import { binaryJson, bytesOf } from './binary.ts';
import { type ContextVariable, contextVariables } from './contexts.ts';
import { Layout } from './layout.ts';
import { Path } from './paths.ts';
import { Place } from './places.ts';
import { Rename } from './renames.ts';
import { type Representations, representations } from './representations.ts';
import { Unsupported } from './unsupported.ts';
import { type Word, wordOf } from './word.ts';

/** A plan ready to run: what it asks, in which order, and where the answers go. */
export interface CompiledPlan {
  readonly rootType: string;
  readonly mutation: boolean;
  readonly layout: Layout;
  readonly step: CompiledStep;
  /** Members that departments answer under another name, and the name of each here. */
  readonly renamed: ReadonlyMap<string, string>;
  /**
   * Whether anything is told what stands above an object. Then what a department says of one entity may be asked about again
   * for each object that it stands for, and no two of them can be the same row.
   */
  readonly byPlace: boolean;
}

export type CompiledStep =
  | { readonly kind: 'sequence' | 'parallel'; readonly steps: readonly CompiledStep[] }
  | { readonly kind: 'fetch'; readonly fetch: CompiledFetch };

export interface CompiledFetch {
  /** Its number within the plan. */
  readonly id: number;
  readonly department: string;
  readonly path: Path;
  /** What the department is asked, as text. */
  readonly query: string;
  /** What a call begins with: `{"query":…,"variables":{`. */
  readonly head: Buffer;
  /** Own names of the variables that it uses. */
  readonly variables: readonly string[];
  readonly place: Place;
  /** What it asks, where it asks no entities: a write may answer with the root of all queries. */
  readonly rootType: string;
  /** Of an entity fetch. */
  readonly entities: EntityFetch | undefined;
}

export interface EntityFetch {
  readonly representations: Representations;
  /** The same as the plan says it. */
  readonly requires: readonly QueryPlanSelectionNode[];
  /** Variables that are told what stands above each entity. Entities of which they are told the same are asked for together. */
  readonly contexts: readonly ContextVariable[];
}

/** The variable that carries representations in the planner's own operations. */
export const REPRESENTATIONS = 'representations';
const ENTITIES = '_entities';

/**
 * Compiles a plan of one permitted shape.
 *
 * @param schema the whole supergraph: fields that callers cannot see are fetched too
 * @throws Unsupported where the reference engine has to run the operation
 */
export const compilePlan = (plan: QueryPlan, schema: GraphQLSchema, operation: 'query' | 'mutation'): CompiledPlan => {
  const rootType = (operation === 'query' ? schema.getQueryType() : schema.getMutationType())?.name;
  if (rootType === undefined || !plan.node || plan.node.kind === 'Subscription') throw new Unsupported('no plan');
  const layout = new Layout();
  const fetches = new FetchCompiler(schema, layout, rootType);
  return {
    rootType,
    mutation: operation === 'mutation',
    layout,
    step: compileStep(plan.node, [], fetches),
    renamed: renamedMembersOf(plan).received,
    byPlace: takesContext(plan.node),
  };
};

const compileStep = (node: PlanNode, path: readonly (string | number)[], fetches: FetchCompiler): CompiledStep => {
  switch (node.kind) {
    case 'Sequence':
    case 'Parallel': {
      const steps = node.nodes.map((inner) => compileStep(inner, path, fetches));
      return { kind: node.kind === 'Sequence' ? 'sequence' : 'parallel', steps };
    }
    case 'Flatten':
      return compileStep(node.node, [...path, ...(node.path as readonly (string | number)[])], fetches);
    case 'Fetch':
      return { kind: 'fetch', fetch: fetches.compile(node, path) };
    default:
      throw new Unsupported(`a plan with ${node.kind}`);
  }
};

class FetchCompiler {
  readonly #schema: GraphQLSchema;
  readonly #root: Layout;
  readonly #rootType: string;
  #count = 0;

  constructor(schema: GraphQLSchema, root: Layout, rootType: string) {
    this.#schema = schema;
    this.#root = root;
    this.#rootType = rootType;
  }

  compile(node: FetchNode, names: readonly (string | number)[]): CompiledFetch {
    const { path, layout } = Path.of(names, this.#root);
    const operation = operationOf(node.operation);
    const entities = node.requires && this.#entities(node, layout, path);
    if (!entities && node.contextRewrites?.length) throw new Unsupported('a context at the root');
    const renames = (node.outputRewrites ?? []).map((rewrite) => Rename.of(rewrite));
    const selection = entities ? entityPart(operation).selection : operation.selectionSet;
    const place = new Place(this.#schema, layout, [selection], renames);
    const rootType = this.#schema.getRootType(operation.operation)?.name ?? this.#rootType;
    for (const name of entities ? entities.representations.types : [rootType]) {
      place.prepare(compositeType(this.#schema, name));
    }
    place.seal();
    this.#count += 1;
    return {
      id: this.#count,
      department: node.serviceName,
      path,
      query: node.operation,
      head: headOf(node.operation),
      variables: node.variableUsages ?? [],
      place,
      rootType,
      entities,
    };
  }

  #entities(node: FetchNode, layout: Layout, path: Path): EntityFetch {
    const { requires = [], inputRewrites = [] } = node;
    const contexts = contextVariables(node, path);
    return { representations: representations(requires, inputRewrites, this.#schema, layout), requires, contexts };
  }
}

/** What an entity fetch asks of each entity, and its variables but for the entities themselves. */
const entityPart = (
  operation: OperationDefinitionNode,
): { readonly selection: SelectionSetNode; readonly definitions: readonly VariableDefinitionNode[] } => {
  const [field, ...others] = operation.selectionSet.selections;
  if (field?.kind !== Kind.FIELD || others.length > 0 || field.name.value !== ENTITIES || !field.selectionSet) {
    throw new Unsupported('an entity fetch of another form');
  }
  const definitions = (operation.variableDefinitions ?? []).filter(
    ({ variable }) => variable.name.value !== REPRESENTATIONS,
  );
  return { selection: field.selectionSet, definitions };
};

const compositeType = (schema: GraphQLSchema, name: string) => {
  const type = schema.getType(name);
  if (isCompositeType(type)) return type;
  throw new Unsupported(`«${name}» is no object`);
};

const operationOf = (text: string): OperationDefinitionNode => {
  const [operation, ...others] = parse(text, { noLocation: true }).definitions;
  if (operation?.kind !== Kind.OPERATION_DEFINITION || others.length > 0) throw new Unsupported('named fragments');
  return operation;
};

const headOf = (query: string): Buffer => bytesOf(`{"query":${binaryJson(query)},"variables":{`);

/** One entity fetch within a call that several share. */
export interface SharedPart {
  readonly fetch: CompiledFetch;
  /** The response name of its entities. */
  readonly alias: string;
  readonly quoted: Word;
  /** What stands before its representations: `"name":[` of the variable that carries them. */
  readonly before: Buffer;
  /** What is put behind the names of its own variables, those that a context fills. */
  readonly suffix: string;
}

export interface SharedCall {
  readonly query: string;
  readonly head: Buffer;
  readonly variables: readonly string[];
  readonly parts: readonly SharedPart[];
}

/**
 * Entity fetches of one request to one department as one call: each its own alias of `_entities`. One that a context fills
 * may stand there several times.
 */
export const sharedCall = (fetches: readonly CompiledFetch[]): SharedCall => {
  const definitions = new Map<string, string>();
  const fields: string[] = [];
  // Parsed again: documents are several times heavier than all that is made of them, and few calls are shared.
  const documents = new Map(fetches.map((fetch) => [fetch, operationOf(fetch.query)] as const));
  const parts = fetches.map((fetch, index): SharedPart => {
    const document = documents.get(fetch);
    if (!fetch.entities || !document) throw new TypeError('only entity fetches share a call');
    const alias = `_entities_${index}`;
    const variable = `${REPRESENTATIONS}_${index}`;
    const suffix = `_${index}`;
    const part = entityPart(
      renamedVariables(document, new Set(fetch.entities.contexts.map(({ name }) => name)), suffix),
    );
    for (const definition of part.definitions) {
      definitions.set(definition.variable.name.value, print(definition));
    }
    definitions.set(variable, `$${variable}: [_Any!]!`);
    fields.push(`${alias}: ${ENTITIES}(representations: $${variable}) ${print(part.selection)}`);
    return {
      fetch,
      alias,
      quoted: wordOf(JSON.stringify(alias)),
      before: bytesOf(`${index === 0 ? '' : '],'}${binaryJson(variable)}:[`),
      suffix,
    };
  });
  const text = `query (${[...definitions.values()].join(', ')}) { ${fields.join(' ')} }`;
  const query = stripIgnoredCharacters(text);
  const variables = [...new Set(fetches.flatMap((fetch) => fetch.variables))];
  return { query, head: headOf(query), variables, parts };
};

/** Of what several ask for, each has its own values of the variables that a context fills. */
const renamedVariables = (
  operation: OperationDefinitionNode,
  own: ReadonlySet<string>,
  suffix: string,
): OperationDefinitionNode =>
  own.size === 0
    ? operation
    : visit(operation, {
        Variable: (node) =>
          own.has(node.name.value)
            ? { ...node, name: { ...node.name, value: `${node.name.value}${suffix}` } }
            : undefined,
      });
