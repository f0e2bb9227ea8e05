import { ApolloServer, type ApolloServerPlugin, type BaseContext, HeaderMap } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import type { GraphQLSchema } from 'graphql';
import type { DepartmentContext } from './department.ts';
import { refuseRecords, refuseService } from './descriptions.ts';
import type { Language } from './language.ts';
import { isUnexpected, presentError } from './present-error.ts';
import { errorForLog } from './redact.ts';

export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
}

/** The GraphQL half of a department: parsed JSON in, status and JSON text out. */
export interface GraphQLService<Data> {
  readonly execute: (body: unknown, context: DepartmentContext<Data>) => Promise<HttpAnswer>;
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

const serverOver = <Context extends BaseContext>(
  schema: GraphQLSchema,
  introspection: boolean,
  plugins: readonly ApolloServerPlugin<Context>[],
) =>
  new ApolloServer<Context>({
    schema,
    introspection,
    // Judged once for each text: Apollo Server keeps what it has validated.
    validationRules: introspection ? [] : [refuseService],
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
      ...plugins,
    ],
  });

const ask = async <Context extends BaseContext>(
  apollo: ApolloServer<Context>,
  body: unknown,
  context: Context,
): Promise<HttpAnswer> => {
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
};

/** Starts Apollo Server over the schema of a department, with everything off that a department does not need. */
export const startGraphQL = async <Data>(schema: GraphQLSchema): Promise<GraphQLService<Data>> => {
  const apollo = serverOver<DepartmentContext<Data>>(schema, false, [errorPlugin<Data>()]);
  await apollo.start();
  return { execute: (body, context) => ask(apollo, body, context), stop: () => apollo.stop() };
};

/** What a schema says of itself, and no record: `__schema`, `__type`, `_service`. */
export interface DescriptionService {
  readonly describe: (body: unknown) => Promise<HttpAnswer>;
  readonly stop: () => Promise<void>;
}

/** Starts a second, small service over the same schema for the deployer. */
export const startDescriptions = async (schema: GraphQLSchema): Promise<DescriptionService> => {
  const apollo = serverOver<BaseContext>(schema, true, [refuseRecords()]);
  await apollo.start();
  return { describe: (body) => ask(apollo, body, {}), stop: () => apollo.stop() };
};
