import type { DocumentNode, GraphQLSchema } from 'graphql';

import type { ReceivedRequest } from '../context.ts';
import { DocumentMemory } from '../operation/memory.ts';
import type { Part } from '../remembered/part.ts';
import type { Remembered } from '../remembered/remembered.ts';
import { Weight } from '../remembered/weight.ts';
import type { SupergraphVersion } from '../supergraph/version.ts';
import { single } from './receive.ts';

/** Bytes of a text and what else is written down of it, besides its characters and its documents. */
const TEXT = 3_072;
const CHARACTER = 2;
/** Views of which texts are remembered at a time: as many as there are (policy/views.ts). */
const VIEWS = 64;
/** Spellings of Accept; honest callers use a handful. */
const ACCEPTS = 64;

/** An operation that was parsed and found valid: by its text and operation name, for one version and view. */
export interface PreparedText {
  readonly version: SupergraphVersion;
  /** What it was validated against. */
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operationName: string | null;
}

/** What is known of one text: its operations by the name that was asked for, each of which a document holds. */
interface RememberedText {
  readonly byName: Map<string | undefined, PreparedText>;
  readonly weight: Weight;
}

/** A request as far as it says which operation it asks for. */
export interface AskedText {
  readonly query: string;
  readonly operationName: string | undefined;
  readonly variables: Readonly<Record<string, unknown>>;
}

/**
 * The way of a request that repeats an operation (DESIGN §3): parsing, validation and planning are skipped, and nothing
 * else is. What the protocol layer says of a text, and which media type it answers an Accept header with, is learned from
 * it and never decided here; a request that is anything but plain goes to the protocol layer again.
 */
export class HotLane {
  readonly #remembered: Remembered;
  /** By what texts were validated against; the one used last is last. */
  readonly #texts = new Map<GraphQLSchema, Part<RememberedText>>();
  readonly #contentTypes = new Map<string | undefined, string>();

  constructor(remembered: Remembered) {
    this.#remembered = remembered;
  }

  /** The request's operation, where the request is a plain one: JSON by POST, a text, and no extensions. */
  static asked({ method }: ReceivedRequest, body: unknown): AskedText | undefined {
    if (method !== 'POST' || typeof body !== 'object' || body === null) return undefined;
    let query: unknown;
    let operationName: unknown;
    let variables: unknown;
    for (const [name, value] of Object.entries(body)) {
      if (name === 'query') query = value;
      else if (name === 'operationName') operationName = value;
      else if (name === 'variables') variables = value;
      else return undefined;
    }
    if (typeof query !== 'string' || query === '') return undefined;
    if (operationName !== undefined && operationName !== null && typeof operationName !== 'string') return undefined;
    if (variables !== undefined && (typeof variables !== 'object' || Array.isArray(variables))) return undefined;
    return {
      query,
      operationName: operationName ?? undefined,
      variables: (variables as Record<string, unknown> | null | undefined) ?? {},
    };
  }

  find(schema: GraphQLSchema, { query, operationName }: AskedText): PreparedText | undefined {
    return this.#texts.get(schema)?.get(query)?.byName.get(operationName);
  }

  /** Remembers what the protocol layer found of a text. */
  learn({ query, operationName }: AskedText, prepared: PreparedText): void {
    const texts = this.#partOf(prepared.schema);
    const known = texts.get(query);
    if (known?.byName.has(operationName)) return;
    const memory = DocumentMemory.of(prepared.document);
    memory.readOnce();
    const document = memory.weight;
    const text = known ?? { byName: new Map(), weight: new Weight(TEXT + query.length * CHARACTER) };
    const isHeld = [...text.byName.values()].some((other) => other.document === prepared.document);
    text.byName.set(operationName, prepared);
    if (!isHeld) {
      document.heldBy(text.weight);
      text.weight.grow(document.bytes);
    }
    if (!known) texts.set(query, text);
  }

  /** What is remembered of a schema, the texts asked for most first, each with its operations by the name asked for. */
  mostAsked(schema: GraphQLSchema): readonly (readonly [AskedText, PreparedText])[] {
    return (this.#texts.get(schema)?.mostAsked() ?? []).flatMap(([query, { byName }]) =>
      [...byName].map(([operationName, prepared]) => [{ query, operationName, variables: {} }, prepared] as const),
    );
  }

  /** Forgets what was validated against a schema that is served no more. */
  forget(schema: GraphQLSchema): void {
    this.#texts.get(schema)?.close();
    this.#texts.delete(schema);
  }

  #partOf(schema: GraphQLSchema): Part<RememberedText> {
    const part = this.#texts.get(schema) ?? this.#remembered.part({ name: 'texts', weightOf: ({ weight }) => weight });
    this.#texts.delete(schema);
    this.#texts.set(schema, part);
    const [oldest] = this.#texts.keys();
    if (this.#texts.size > VIEWS + 1 && oldest) this.forget(oldest);
    return part;
  }

  /** The media type by which this Accept header is answered, where the protocol layer has told. */
  contentType({ headers }: ReceivedRequest): string | undefined {
    return this.#contentTypes.get(single(headers.accept));
  }

  learnContentType({ headers }: ReceivedRequest, contentType: string): void {
    this.#contentTypes.set(single(headers.accept), contentType);
    // Whoever sends others in plenty takes nothing away for longer than one request.
    const [oldest] = this.#contentTypes.keys();
    if (this.#contentTypes.size > ACCEPTS) this.#contentTypes.delete(oldest);
  }
}
