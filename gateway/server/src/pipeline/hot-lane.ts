import type { DocumentNode, GraphQLSchema } from 'graphql';

import type { ReceivedRequest } from '../context.ts';
import type { SupergraphVersion } from '../supergraph/version.ts';
import { single } from './receive.ts';

/** Operations remembered for one schema or view; the one that was repeated longest ago goes first. */
const REMEMBERED = 2_000;
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
  /** By what the text was validated against: a reload, or another view, begins with nothing. */
  readonly #prepared = new WeakMap<GraphQLSchema, Map<string, Map<string | undefined, PreparedText>>>();
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
    const texts = this.#prepared.get(schema);
    const byName = texts?.get(query);
    if (!texts || !byName) return undefined;
    // Moved to the end: the first one is the one to forget.
    texts.delete(query);
    texts.set(query, byName);
    return byName.get(operationName);
  }

  /** Remembers what the protocol layer found of a text. */
  learn({ query, operationName }: AskedText, prepared: PreparedText): void {
    const texts = this.#prepared.get(prepared.schema) ?? new Map<string, Map<string | undefined, PreparedText>>();
    this.#prepared.set(prepared.schema, texts);
    const byName = texts.get(query) ?? new Map<string | undefined, PreparedText>();
    byName.set(operationName, prepared);
    texts.set(query, byName);
    const [oldest] = texts.keys();
    if (texts.size > REMEMBERED && oldest !== undefined) texts.delete(oldest);
  }

  /** The media type by which this Accept header is answered, where the protocol layer has told. */
  contentType({ headers }: ReceivedRequest): string | undefined {
    return this.#contentTypes.get(single(headers.accept));
  }

  learnContentType({ headers }: ReceivedRequest, contentType: string): void {
    if (this.#contentTypes.size < ACCEPTS) this.#contentTypes.set(single(headers.accept), contentType);
  }
}
