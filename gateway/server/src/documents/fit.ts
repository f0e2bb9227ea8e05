import { type GraphQLSchema, parse, validate } from 'graphql';

import type { GatewayConfig } from '../config/index.ts';
import { PublicError } from '../errors.ts';
import { checkDocument } from '../limits/limits.ts';

/** Why a request for this text would be refused whoever asks, in words for an operator; empty where it would not. */
export const misfits = (body: string, schema: GraphQLSchema, limits: GatewayConfig['limits']): readonly string[] => {
  try {
    const document = parse(body, { maxTokens: limits.tokens });
    checkDocument(document, limits);
    return validate(schema, document).map(({ message }) => message);
  } catch (error) {
    if (error instanceof PublicError) return [`${error.code} ${error.message}`];
    return [error instanceof Error ? error.message : String(error)];
  }
};
