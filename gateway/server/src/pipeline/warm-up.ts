import { setImmediate as nextTurn } from 'node:timers/promises';

import { GraphQLError, parse, validate } from 'graphql';

import { PublicError } from '../errors.ts';
import { checkDocument, type DocumentLimits } from '../limits/limits.ts';
import type { SupergraphVersion } from '../supergraph/version.ts';
import type { AskedText, HotLane, PreparedText } from './hot-lane.ts';

export interface WarmUp {
  readonly hot: HotLane;
  /** What is served now. */
  readonly from: SupergraphVersion;
  /** What will be. */
  readonly to: SupergraphVersion;
  readonly limits: DocumentLimits & { readonly tokens: number };
  /** Operations at most. */
  readonly operations: number;
  /** Whether time is over. */
  readonly isOver: () => boolean;
  /** Texts of operations that are registered: they come first, because their callers can ask nothing else. */
  readonly registered: ReadonlySet<string>;
}

/** What became of the operations that are known. `failed`: a caller would be refused as well. */
export interface Warmed {
  readonly ready: number;
  readonly failed: number;
  readonly left: number;
}

/**
 * Does for operations of the version that is served what their next request would have to do in the one to come, so that a
 * reload is no cliff: validated, prepared, decided anew for those who asked, planned, compiled. One after the other, and a
 * turn of the event loop for everybody else between two. Nothing is taken over: each step is that of a request.
 */
export const warmUp = async ({ hot, from, to, limits, operations, isOver, registered }: WarmUp): Promise<Warmed> => {
  const known = hot.mostAsked(from.schema);
  const chosen = [
    ...known.filter(([{ query }]) => registered.has(query)),
    ...known.filter(([{ query }]) => !registered.has(query)).slice(0, operations),
  ];
  const asked = new Set(known.map(([{ query }]) => query));
  const unasked = [...registered].filter((text) => !asked.has(text));
  const warmed = { ready: 0, failed: 0 };
  const ready = async (asked: AskedText, prepared?: PreparedText): Promise<void> => {
    const document = validDocument(asked.query, to, limits);
    const operationName = prepared?.operationName ?? null;
    const next = { version: to, schema: to.schema, document, operationName };
    to.prepare(document, operationName);
    hot.learn(asked, next);
    // As if it had been asked for: what is new and was never asked for is the first to be forgotten.
    hot.find(to.schema, asked);
    if (prepared) await to.warm(document, operationName, from, from.prepare(prepared.document, operationName));
  };
  const all: readonly (readonly [AskedText, PreparedText?])[] = [
    ...chosen,
    ...unasked.map((query) => [{ query, operationName: undefined, variables: {} }] as const),
  ];
  for (const [text, prepared] of all) {
    if (isOver()) break;
    try {
      await ready(text, prepared);
      warmed.ready += 1;
    } catch (error) {
      if (!(error instanceof PublicError || error instanceof GraphQLError)) throw error;
      warmed.failed += 1;
    }
    await nextTurn();
  }
  return { ...warmed, left: known.length + unasked.length - warmed.ready - warmed.failed };
};

/** @throws PublicError, GraphQLError where it does not fit any more: whoever asks is told so by the protocol layer */
const validDocument = (text: string, { schema }: SupergraphVersion, limits: WarmUp['limits']) => {
  const document = parse(text, { maxTokens: limits.tokens });
  checkDocument(document, limits);
  const [invalid] = validate(schema, document);
  if (invalid) throw invalid;
  return document;
};
