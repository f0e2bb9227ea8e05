import { type ASTNode, type DocumentNode, Kind } from 'graphql';

import { Weight } from '../remembered/weight.ts';
import type { PreparedOperation, Selection } from './model.ts';

/**
 * Bytes, measured over documents of few and of many selections and rounded up. What they are made of is many small objects,
 * which neither the length of a text nor that of its JSON says anything about.
 */
const DOCUMENT = 1_024;
const NODE = 128;
/** One character, where any of a text needs two. */
const CHARACTER = 2;

/**
 * What is remembered of one document. It hangs on the document, and goes when that goes: values of a WeakMap would outlive
 * every small garbage collection, and most operations are over by the next one.
 */
export class DocumentMemory {
  readonly weight: Weight;
  readonly #document: Remembering;
  /** Nodes that no prepared operation refers to. */
  readonly #loose: number;
  #owner: object | undefined;
  /** The first, and most have no other, by itself: a Map weighs as much as a small operation. */
  #first: { readonly name: string; readonly operation: PreparedOperation } | undefined;
  #others: Map<string, PreparedOperation> | undefined;
  #isReadAgain = true;

  /**
   * The memory of a valid document, begun where there is none. The document's nodes forget where they stood: that is for
   * messages about invalid ones, and holds on to every token of the text, comments included.
   */
  static of(document: DocumentNode): DocumentMemory {
    const remembering: Remembering = document;
    remembering[MEMORY] ??= new DocumentMemory(document);
    return remembering[MEMORY];
  }

  private constructor(document: DocumentNode) {
    this.#document = document;
    const characters = document.loc?.source.body.length ?? 0;
    const nodes = withoutLocations(document);
    this.#loose = nodes.all - nodes.kept;
    this.weight = new Weight(DOCUMENT + characters * CHARACTER + nodes.all * NODE);
  }

  /** Nobody looks into the document once its operations are prepared: it is found by its text, never read again. */
  readOnce(): void {
    this.#isReadAgain = false;
    if (this.#first) this.#letGo();
  }

  /** An operation of it by its name, prepared once for one owner: who prepares for another begins anew. */
  prepared(name: string, owner: object, prepare: () => PreparedOperation): PreparedOperation {
    if (this.#owner !== owner) {
      this.#first = undefined;
      this.#others = undefined;
    }
    this.#owner = owner;
    const known = this.#first?.name === name ? this.#first.operation : this.#others?.get(name);
    if (known) return known;
    const operation = prepare();
    if (!this.#first) this.#first = { name, operation };
    else {
      this.#others ??= new Map();
      this.#others.set(name, operation);
    }
    if (!this.#isReadAgain) this.#letGo();
    return operation;
  }

  /** Lets go of the nodes, most of what a document weighs, where no other operation may be asked of it. */
  #letGo(): void {
    const operations = this.#document.definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION);
    if (operations.length !== 1) return;
    this.#document.definitions = [];
    this.weight.grow(-this.#loose * NODE);
  }
}

const MEMORY = Symbol('memory');
type Remembering = DocumentNode & { definitions: DocumentNode['definitions']; [MEMORY]?: DocumentMemory };

/** @returns how many nodes it has, and how many of them are arguments and variables, which prepared operations refer to */
const withoutLocations = (node: ASTNode, isKept = false): { readonly all: number; readonly kept: number } => {
  const located: { loc?: unknown } = node;
  if (located.loc !== undefined) located.loc = undefined;
  const keeps = isKept || node.kind === Kind.ARGUMENT || node.kind === Kind.VARIABLE_DEFINITION;
  const nodes = { all: 1, kept: keeps ? 1 : 0 };
  for (const value of Object.values(node)) {
    for (const inner of Array.isArray(value) ? value : [value]) {
      if (!isNode(inner)) continue;
      const { all, kept } = withoutLocations(inner, keeps);
      nodes.all += all;
      nodes.kept += kept;
    }
  }
  return nodes;
};

const isNode = (value: unknown): value is ASTNode => typeof value === 'object' && value !== null && 'kind' in value;

/** What was found out of one prepared operation, by who found it out. Its weight is its document's. */
export class OperationMemory {
  readonly weight: Weight;
  /** Few, so one after the other. */
  readonly #facts: { readonly finder: object; readonly found: unknown }[] = [];
  #conditions: readonly string[] | undefined;

  constructor(weight: Weight) {
    this.weight = weight;
  }

  /** Names of the variables that decide what is included. */
  conditions({ selections }: Pick<PreparedOperation, 'selections'>): readonly string[] {
    this.#conditions ??= [...conditionVariables(selections)];
    return this.#conditions;
  }

  /** Made by its finder alone, who knows of which type it is. */
  of<T>(finder: object, make: () => T): T {
    for (const fact of this.#facts) if (fact.finder === finder) return fact.found as T;
    const found = make();
    this.#facts.push({ finder, found });
    return found;
  }
}

const conditionVariables = (selections: readonly Selection[], names = new Set<string>()): Set<string> => {
  for (const { conditions, selections: inner } of selections) {
    for (const { value } of conditions) if (typeof value !== 'boolean') names.add(value.variable);
    conditionVariables(inner, names);
  }
  return names;
};
