import { Supergraph } from '@apollo/federation-internals';
import type { GraphQLSchema } from 'graphql';
import { stripAuthorization } from './strip.ts';

/** The schema that callers see: no join machinery, nothing `@inaccessible`, no directive applications. */
export function apiSchemaOf(supergraphSdl: string): GraphQLSchema {
  return Supergraph.build(stripAuthorization(supergraphSdl)).apiSchema().toGraphQLJSSchema();
}
