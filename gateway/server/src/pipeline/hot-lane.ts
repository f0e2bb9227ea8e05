import type { DocumentNode, GraphQLSchema } from 'graphql';

import type { ReceivedRequest } from '../context.ts';
import type { SupergraphVersion } from '../supergraph/version.ts';
import { single } from './receive.ts';
import { weightOf } from './weight.ts';

/** Bytes of the texts and documents remembered, for all callers together; what was repeated longest ago goes first. */
const REMEMBERED = 64 * 1_024 * 1_024;
/** What is heavier than this is no operation that many repeat. */
const HEAVIEST = REMEMBERED / 16;
/** Spellings of Accept; honest callers use a handful. */
const ACCEPTS = 64;

/** An operation that was parsed and found valid: by its text and operation name, for one version and view. */
export interface PreparedText {
  readonly version: SupergraphVersion;
  /** What it was validated against. */
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operationName: string | null;
  /** SHA-256 of the text. */
  readonly hash: string | undefined;
}

/** What is known of one text. */
interface RememberedText {
  /** By what the text was validated against: a reload, or another view, begins with nothing. */
  readonly prepared: WeakMap<GraphQLSchema, Map<string | undefined, PreparedText>>;
  /** Of all that was ever learned of it: what a reload has taken along counts until the text is forgotten. */
  weight: number;
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
  readonly #texts = new Map<string, RememberedText>();
  #weight = 0;
  readonly #contentTypes = new Map<string | undefined, string>();

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
    const text = this.#texts.get(query);
    if (!text) return undefined;
    // Moved to the end: the first one is the one to forget.
    this.#texts.delete(query);
    this.#texts.set(query, text);
    return text.prepared.get(schema)?.get(operationName);
  }

  /** Remembers what the protocol layer found of a text. */
  learn({ query, operationName }: AskedText, prepared: PreparedText): void {
    const text = this.#texts.get(query) ?? { prepared: new WeakMap(), weight: 0 };
    const byName = text.prepared.get(prepared.schema) ?? new Map<string | undefined, PreparedText>();
    if (byName.get(operationName)?.document === prepared.document) return;
    const weight = weightOf(prepared.document);
    if (weight > HEAVIEST) return;
    text.prepared.set(prepared.schema, byName.set(operationName, prepared));
    text.weight += weight;
    this.#texts.set(query, text);
    this.#weight += weight;
    for (const [oldest, forgotten] of this.#texts) {
      if (this.#weight <= REMEMBERED) return;
      this.#texts.delete(oldest);
      this.#weight -= forgotten.weight;
    }
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
