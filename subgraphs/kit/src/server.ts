import { ApolloServer, type ApolloServerPlugin, HeaderMap } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import type { GraphQLSchema } from 'graphql';
import type { DepartmentContext } from './department.ts';
import type { Language } from './language.ts';
import { isUnexpected, presentError } from './present-error.ts';
import { errorForLog } from './redact.ts';

/** The GraphQL half of a department: parsed JSON in, status and JSON text out. */
export interface GraphQLService<Data> {
  readonly execute: (body: unknown, context: DepartmentContext<Data>) => Promise<{ status: number; body: string }>;
  readonly stop: () => Promise<void>;
}

const messageIn = (extensions: unknown, language: Language): string | undefined => {
  if (typeof extensions !== 'object' || extensions === null || !('messages' in extensions)) return undefined;
  const message: unknown = Reflect.get(Object(extensions.messages), language);
  return typeof message === 'string' ? message : undefined;
};

/** Logs what callers must not see, and says what they may see in their language. */
const errorPlugin = <Data>(): ApolloServerPlugin<DepartmentContext<Data>> => ({
  async requestDidStart() {
    return {
      async didEncounterErrors({ errors, contextValue }) {
        for (const error of errors.filter(isUnexpected)) {
          const { log } = contextValue;
          log.error({ path: error.path, error: errorForLog(error.originalError ?? error) }, 'unexpected error');
        }
      },
      async willSendResponse({ response, contextValue }) {
        if (response.body.kind !== 'single') return;
        const { singleResult } = response.body;
        if (singleResult.errors === undefined) return;
        singleResult.errors = singleResult.errors.map((error) => {
          const message = messageIn(error.extensions, contextValue.language);
          return message === undefined ? error : { ...error, message };
        });
      },
    };
  },
});

/** Starts Apollo Server over the schema of a department, with everything off that a department does not need. */
export const startGraphQL = async <Data>(schema: GraphQLSchema): Promise<GraphQLService<Data>> => {
  const apollo = new ApolloServer<DepartmentContext<Data>>({
    schema,
    introspection: false,
    includeStacktraceInErrorResponses: false,
    allowBatchedHttpRequests: false,
    persistedQueries: false,
    // No browser gets here: the internal token has been checked before Apollo sees anything.
    csrfPrevention: false,
    stopOnTerminationSignals: false,
    nodeEnv: 'production',
    formatError: presentError,
    // Disabled by name: with APOLLO_KEY in the environment Apollo would otherwise report to its own cloud.
    plugins: [
      ApolloServerPluginUsageReportingDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginCacheControlDisabled(),
      errorPlugin<Data>(),
    ],
  });
  await apollo.start();

  return {
    async execute(body, context) {
      const answer = await apollo.executeHTTPGraphQLRequest({
        httpGraphQLRequest: {
          method: 'POST',
          headers: new HeaderMap([
            ['content-type', 'application/json'],
            ['accept', 'application/json'],
          ]),
          search: '',
          body,
        },
        context: async () => context,
      });
      // `chunked` is for @defer and @stream, which the accept header above rules out.
      if (answer.body.kind !== 'complete') throw new Error('an answer in several parts was not asked for');
      return { status: answer.status ?? 200, body: answer.body.string };
    },
    stop: () => apollo.stop(),
  };
};
