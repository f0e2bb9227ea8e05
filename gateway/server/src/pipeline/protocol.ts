import '../telemetry/apollo-off.ts';

import { AsyncLocalStorage } from 'node:async_hooks';

import { ApolloServer, HeaderMap, type HTTPGraphQLResponse } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
} from '@apollo/server/plugin/disabled';
import { type DocumentNode, GraphQLError, type GraphQLFormattedError, type GraphQLSchema } from 'graphql';
import type { Logger } from 'pino';

import type { GatewayConfig } from '../config/index.ts';
import type { Answer, Outcome, ReceivedRequest, RequestContext } from '../context.ts';
import { type errorKinds, isErrorCode, PublicError } from '../errors.ts';
import { redactNumbers } from '../execution/redact.ts';
import type { Principal } from '../policy/principal.ts';
import type { Part } from '../remembered/part.ts';
import type { Remembered } from '../remembered/remembered.ts';
import type { SupergraphVersion } from '../supergraph/version.ts';
import { answerBytes, type WrittenAnswer } from './answer-bytes.ts';
import { type AskedText, HotLane, type PreparedText } from './hot-lane.ts';
import type { Operated, OperationAnswer } from './operate.ts';
import { single } from './receive.ts';
import { documentsOf, queriesOf, type Store, storeOf } from './stores.ts';
import { type Warmed, type WarmUp, warmUp } from './warm-up.ts';

export interface ProtocolParts {
  readonly config: GatewayConfig;
  readonly log: Logger;
  readonly operate: Operate;
  /** Whether what is denied to this caller looks to it like names that do not exist (AUTHORIZATION §4). */
  readonly hidesDenied: (principal: Principal) => boolean;
  readonly remembered: Remembered;
}

/** What a valid operation answers. */
export type Operate = (operated: Operated) => Promise<Omit<OperationAnswer, 'data'> & { readonly data?: unknown }>;

interface Current {
  readonly context: RequestContext;
  readonly operate: Operate;
  /** What the request asked for by a plain text: it is remembered once it was found valid. */
  readonly asked: AskedText | undefined;
  /** Whether an answer can leave in a media type that the caller accepts. */
  readonly isAcceptable: () => Promise<boolean>;
  /** The answer whose bytes the engine wrote: Apollo Server hands objects on, and copies contexts. */
  written?: WrittenAnswer;
}

/**
 * The GraphQL protocol, for which @apollo/server is the authority: GET and POST, CSRF, persisted queries, parsing,
 * validation, content negotiation. What a valid operation answers is decided by `operate`.
 *
 * A caller from whom denied names are hidden is served by a server of its own kind, one for each view, that knows the view
 * and nothing else: the whole document is validated against it, so errors are those of a schema without those names, in
 * text, order and place. Such servers share no document and no persisted query with others. With a shared one, a hash that
 * a privileged caller registered would be found, and the error about its text would tell that the text is good for somebody.
 */
export class Protocol {
  readonly #parts: ProtocolParts;
  readonly #server: ApolloServer<RequestContext>;
  /** By what a server knows: a version's schema, or one of its views. */
  readonly #versions = new WeakMap<GraphQLSchema, SupergraphVersion>();
  /** By view: whoever forgets the view forgets its server, which holds nothing that has to be stopped. */
  readonly #viewServers = new WeakMap<GraphQLSchema, Promise<ApolloServer<RequestContext>>>();
  /** Valid documents, by what they are valid against: what is served, and its views. */
  #documents: Part<DocumentNode>;
  readonly #viewDocuments = new Map<GraphQLSchema, Part<DocumentNode>>();
  readonly #hot: HotLane;
  #served: SupergraphVersion;
  /** Apollo Server formats errors without telling for which request. */
  readonly #current = new AsyncLocalStorage<Current>();
  /** Requests that are within `#current` now. */
  #underWay = 0;
  #publish: (version: SupergraphVersion) => void = () => {};

  private constructor(parts: ProtocolParts, first: SupergraphVersion) {
    this.#parts = parts;
    this.#served = first;
    this.#documents = documentsOf(parts.remembered);
    this.#hot = new HotLane(parts.remembered);
    this.#server = this.#newServer(
      (callback) => {
        this.#publish = (version) => {
          this.#versions.set(version.schema, version);
          callback({ apiSchema: version.schema, coreSupergraphSdl: version.sdl });
        };
        this.#publish(first);
      },
      {
        documentStore: this.#documentStore(() => this.#documents),
        persistedQueries: { cache: this.#queries() },
      },
    );
  }

  #newServer(onSchema: (callback: SchemaCallback) => void, stores: Stores): ApolloServer<RequestContext> {
    const { config } = this.#parts;
    return new ApolloServer<RequestContext>({
      gateway: {
        onSchemaLoadOrUpdate: (callback) => {
          onSchema(callback);
          return () => {};
        },
        load: async () => ({ executor: (request) => this.#execute(request) }),
        stop: async () => {},
      },
      ...stores,
      // What a caller may introspect is decided with everything else, by its token.
      introspection: true,
      hideSchemaDetailsFromClientErrors: true,
      includeStacktraceInErrorResponses: false,
      allowBatchedHttpRequests: false,
      csrfPrevention: true,
      parseOptions: { maxTokens: config.limits.tokens },
      nodeEnv: 'production',
      stopOnTerminationSignals: false,
      formatError: (formatted, error) => this.#format(formatted, error),
      logger: { debug: () => {}, info: () => {}, warn: this.#warn, error: this.#warn },
      plugins: [ApolloServerPluginLandingPageDisabled(), ApolloServerPluginCacheControlDisabled()],
    });
  }

  static async start(parts: ProtocolParts, first: SupergraphVersion): Promise<Protocol> {
    const protocol = new Protocol(parts, first);
    await protocol.#server.start();
    return protocol;
  }

  /** Serves requests that begin from now on by this version; those under way end by the one they began with. */
  swap(version: SupergraphVersion): void {
    const { schema } = this.#served;
    this.#served = version;
    this.#publish(version);
    this.#documents.close();
    this.#documents = documentsOf(this.#parts.remembered);
    for (const [view, documents] of this.#viewDocuments) {
      documents.close();
      this.#hot.forget(view);
    }
    this.#viewDocuments.clear();
    this.#hot.forget(schema);
  }

  /** Readies a version before it is served: see {@link warmUp}. */
  warmUp(to: SupergraphVersion, bounds: Pick<WarmUp, 'operations' | 'isOver' | 'registered'>): Promise<Warmed> {
    return warmUp({ hot: this.#hot, from: this.#served, to, limits: this.#parts.config.limits, ...bounds });
  }

  /** The server that knows as much as this caller may learn. */
  async #serverFor(principal: Principal): Promise<ApolloServer<RequestContext>> {
    if (!this.#parts.hidesDenied(principal)) return this.#server;
    const version = this.#served;
    const view = version.views.of(principal);
    const known = this.#viewServers.get(view);
    if (known) return known;
    this.#versions.set(view, version);
    const server = this.#startOver(view);
    this.#viewServers.set(view, server);
    server.catch(() => this.#viewServers.delete(view));
    return server;
  }

  async #startOver(view: GraphQLSchema): Promise<ApolloServer<RequestContext>> {
    const documents = documentsOf(this.#parts.remembered);
    this.#viewDocuments.set(view, documents);
    const [oldest] = this.#viewDocuments.keys();
    if (this.#viewDocuments.size > VIEWS && oldest) {
      this.#viewDocuments.get(oldest)?.close();
      this.#viewDocuments.delete(oldest);
    }
    const documentStore = this.#documentStore(() => documents);
    const stores = { documentStore, persistedQueries: { cache: this.#queries() } };
    const server = this.#newServer((callback) => callback({ apiSchema: view, coreSupergraphSdl: '' }), stores);
    await server.start();
    return server;
  }

  /** What a plain request asks for is remembered by its text, in the hot lane, and not by its hash as well. */
  #documentStore(part: () => Part<DocumentNode>): Store<DocumentNode> {
    const isPlain = () => this.#current.getStore()?.asked !== undefined;
    const store = storeOf(part);
    return {
      ...store,
      get: async (key) => (isPlain() ? undefined : store.get(key)),
      set: async (key, document) => (isPlain() ? undefined : store.set(key, document)),
    };
  }

  #queries(): Store<string> {
    const queries = queriesOf(this.#parts.remembered);
    return storeOf(() => queries);
  }

  stop(): Promise<void> {
    return this.#server.stop();
  }

  /** Answers one request whose body is parsed and whose caller is known. */
  async answer(
    request: ReceivedRequest,
    body: unknown,
    context: RequestContext,
    operate: Operate = this.#parts.operate,
  ): Promise<Answer> {
    const isAcceptable = () => this.#isAcceptable(request, context);
    const current: Current = { context, operate, asked: HotLane.asked(request, body), isAcceptable };
    this.#underWay += 1;
    try {
      return await this.#current.run(current, () => this.#answer(request, body, current));
    } finally {
      this.#underWay -= 1;
      // While storage is on, every promise of the process is followed; requests that repeat something need none of it.
      if (this.#underWay === 0) this.#current.disable();
    }
  }

  async #answer(request: ReceivedRequest, body: unknown, current: Current): Promise<Answer> {
    const { context } = current;
    const headers = new HeaderMap();
    for (const [name, value] of Object.entries(request.headers)) {
      const text = single(value);
      if (text !== undefined) headers.set(name, text);
    }
    const server = await this.#serverFor(context.principal);
    const response = await server.executeHTTPGraphQLRequest({
      httpGraphQLRequest: { method: request.method, headers, search: request.search, body },
      context: async () => context,
    });
    const answer = toAnswer(response, context, current.written);
    if (answer.status === 200) this.#hot.learnContentType(request, answer.headers['content-type'] ?? '');
    return answer;
  }

  /**
   * Apollo Server looks at Accept when everything is done: a write would have been carried out, and its caller told that the
   * request was refused. So it is asked first, by an operation that runs nothing, wherever it has not told before.
   */
  async #isAcceptable(request: ReceivedRequest, context: RequestContext): Promise<boolean> {
    if (this.#hot.contentType(request) !== undefined) return true;
    const headers = new HeaderMap([
      ['content-type', 'application/json'],
      ['accept', single(request.headers.accept) ?? ''],
    ]);
    const current: Current = {
      ...{ context, asked: undefined },
      operate: async () => ({ data: { __typename: 'Query' } }),
      isAcceptable: async () => true,
    };
    const { status } = await this.#current.run(current, () =>
      this.#server.executeHTTPGraphQLRequest({
        httpGraphQLRequest: { method: 'POST', headers, search: '', body: { query: '{ __typename }' } },
        context: async () => context,
      }),
    );
    return status !== 406;
  }

  /**
   * Answers a request that repeats an operation; undefined where it has to be looked at as a whole.
   *
   * @throws what `operate` throws that is none of the caller's business
   */
  repeat(
    request: ReceivedRequest,
    body: unknown,
    context: RequestContext,
    operate: Operate = this.#parts.operate,
  ): Promise<Answer> | undefined {
    const asked = HotLane.asked(request, body);
    if (!asked) return undefined;
    const hides = this.#parts.hidesDenied(context.principal);
    const schema = hides ? this.#served.views.of(context.principal) : this.#served.schema;
    const prepared = this.#hot.find(schema, asked);
    const contentType = this.#hot.contentType(request);
    if (prepared === undefined || contentType === undefined) return undefined;
    return this.#repeated(prepared, asked, contentType, context, operate);
  }

  async #repeated(
    { version, schema, document, operationName }: PreparedText,
    { variables }: AskedText,
    contentType: string,
    context: RequestContext,
    operate: Operate,
  ): Promise<Answer> {
    const { outcome, language } = context;
    const headers = { 'content-type': contentType };
    try {
      const view = schema === version.schema ? undefined : schema;
      const answered = await operate({ version, document, operationName, variables, context, view });
      const { status = 200, json, errors } = answered;
      for (const { extensions } of errors ?? []) {
        if (isErrorCode(extensions?.code)) outcome.codes.add(extensions.code);
      }
      return { status, headers, body: json ? answerBytes({ json, errors }) : answerText(answered) };
    } catch (error) {
      if (!(error instanceof PublicError)) throw error;
      outcome.codes.add(error.code);
      const answer = {
        headers: { ...headers, ...error.headers },
        body: `${JSON.stringify({ errors: [error.format(language)] })}\n`,
      };
      return { ...answer, status: isLenient(error.status, contentType, outcome) ? 200 : error.status };
    }
  }

  async #execute({ schema, document, operation, operationName, request, context }: ExecutorRequest) {
    const version = this.#versions.get(schema);
    if (!version) throw new Error('a request names a schema that was never served');
    // Executors are called even so, and without the name that did not resolve: a lone mutation would run.
    if (!operation) throw new PublicError('OPERATION_RESOLUTION_FAILURE').toGraphQLError();
    // Without a root type for it, nothing of an operation was validated, and the whole schema may well have one.
    if (operation.operation !== 'subscription' && !schema.getRootType(operation.operation)) {
      throw new PublicError('OPERATION_RESOLUTION_FAILURE').toGraphQLError();
    }
    const current = this.#current.getStore();
    if (current && !(await current.isAcceptable())) throw new PublicError('NOT_ACCEPTABLE').toGraphQLError();
    const { operate } = current ?? this.#parts;
    if (current?.asked && version === this.#served) {
      this.#hot.learn(current.asked, { version, schema, document, operationName });
    }
    try {
      const { status, ...answered } = await operate({
        version,
        document,
        operationName,
        variables: request.variables ?? {},
        context: context as RequestContext,
        ...(schema === version.schema ? {} : { view: schema }),
      });
      const { json, ...answer } = answered;
      if (json && current) current.written = { json, errors: answer.errors };
      return {
        ...(json ? { data: null } : {}),
        ...answer,
        errors: answer.errors?.map((error) => toGraphQLError(error, status)),
      } as never;
    } catch (error) {
      if (error instanceof PublicError) throw error.toGraphQLError();
      throw error;
    }
  }

  /** The one place through which every error leaves: known codes in the caller's language, anything else masked. */
  #format(formatted: GraphQLFormattedError, thrown: unknown): GraphQLFormattedError {
    const context = this.#current.getStore()?.context;
    const language = context?.language ?? 'en';
    const known = publicErrorOf(formatted, thrown);
    if (!known) {
      this.#parts.log.error({ requestId: context?.requestId, failure: 'internal', err: thrown });
      context?.outcome.codes.add('INTERNAL_SERVER_ERROR');
      return new PublicError('INTERNAL_SERVER_ERROR').format(language);
    }
    if ('formatted' in known) {
      context?.outcome.codes.add(known.code);
      return known.formatted;
    }
    context?.outcome.codes.add(known.code);
    const { locations } = formatted;
    return { ...known.format(language), ...(locations ? { locations } : {}) };
  }

  #warn = (message?: unknown): void => {
    this.#parts.log.warn({ protocol: String(message) });
  };
}

/** Views whose documents are kept at a time: as many as there are (policy/views.ts). */
const VIEWS = 64;

type ServerOptions = ConstructorParameters<typeof ApolloServer<RequestContext>>[0];
type Stores = Pick<ServerOptions, 'documentStore' | 'persistedQueries'>;
type SchemaCallback = Parameters<NonNullable<NonNullable<ServerOptions['gateway']>['onSchemaLoadOrUpdate']>>[0];
type ExecutorRequest = Parameters<
  NonNullable<Awaited<ReturnType<NonNullable<ServerOptions['gateway']>['load']>>['executor']>
>[0];

/** Marks errors that `operate` has already put into the caller's language. */
const ANSWERED = Symbol('answered');

const toGraphQLError = (
  { message, path, extensions }: GraphQLFormattedError,
  status: number | undefined,
): GraphQLError =>
  Object.assign(
    new GraphQLError(message, {
      ...(path ? { path } : {}),
      extensions: { ...extensions, ...(status === undefined ? {} : { http: { status } }) },
    }),
    { [ANSWERED]: true },
  );

type Known = PublicError | { readonly code: keyof typeof errorKinds; readonly formatted: GraphQLFormattedError };

const publicErrorOf = (formatted: GraphQLFormattedError, thrown: unknown): Known | undefined => {
  const error = thrown instanceof GraphQLError ? thrown : undefined;
  if (error?.originalError instanceof PublicError) return error.originalError;
  const code = formatted.extensions?.code;
  if (error && Object.hasOwn(error, ANSWERED) && isErrorCode(code)) return { code, formatted };
  return protocolError(code, formatted, error);
};

/** graphql-js says no more when comparing fields costs it too much. */
const VALIDATION_ABORTED = 'Validation aborted.';

/** The parser of graphql-js counts tokens itself, and says «more that» where it means «than». */
const TOO_MANY_TOKENS = /Document contains more tha[nt] \d+ tokens/;

/** Apollo Server's own errors, which name nothing but what the caller wrote. */
export const protocolError = (
  code: unknown,
  { message }: GraphQLFormattedError,
  error: GraphQLError | undefined,
): PublicError | undefined => {
  // What the caller wrote is quoted, but no personal number that stands in it.
  const en = redactNumbers(message);
  const text = (vi: string) => ({ messages: { vi: `${vi} ${en}`, en } });
  switch (code) {
    case 'GRAPHQL_PARSE_FAILED':
      if (TOO_MANY_TOKENS.test(message)) return new PublicError('LIMIT_TOKENS');
      return new PublicError(code, text('Câu truy vấn sai cú pháp:'));
    case 'GRAPHQL_VALIDATION_FAILED':
      if (message === VALIDATION_ABORTED) return new PublicError('LIMIT_COST', { data: { reason: 'overlap' } });
      return new PublicError(code, text('Câu truy vấn không khớp với lược đồ:'));
    case 'OPERATION_RESOLUTION_FAILURE':
    case 'PERSISTED_QUERY_NOT_FOUND':
      return new PublicError(code);
    case 'BAD_USER_INPUT':
      return new PublicError(code, text('Biến không hợp lệ:'));
    case 'BAD_REQUEST':
      return badRequest(message, error);
    default:
      // Apollo Server gives a hash that is not the text's, or of an unknown kind, no code but a status.
      return statusOf(error) === 400 ? badRequest(message, error) : undefined;
  }
};

const statusOf = (error: GraphQLError | undefined): unknown => {
  const http = error?.extensions.http;
  return typeof http === 'object' && http !== null && 'status' in http ? http.status : undefined;
};

const badRequest = (message: string, error: GraphQLError | undefined): PublicError => {
  const status = statusOf(error);
  if (status === 405) return new PublicError('METHOD_NOT_ALLOWED');
  if (status === 406) return new PublicError('NOT_ACCEPTABLE');
  if (status === 415) return new PublicError('UNSUPPORTED_MEDIA_TYPE');
  if (message.includes('Cross-Site Request Forgery')) return new PublicError('CSRF_PREVENTED');
  return new PublicError('BAD_REQUEST', { messages: { vi: `Yêu cầu HTTP không hợp lệ: ${message}`, en: message } });
};

/** Errors of a request that, under plain `application/json`, are told with 200 (GraphQL over HTTP §6.4.1). */
const TOLD_WITH_200 = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
  'BAD_USER_INPUT',
]);

const isLenient = (status: number | undefined, contentType: string, { codes }: Outcome): boolean =>
  status === 400 &&
  contentType.startsWith('application/json') &&
  codes.size > 0 &&
  [...codes].every((code) => TOLD_WITH_200.has(code));

/** The body of an answer that is no bytes yet. */
const answerText = ({ errors, data }: Awaited<ReturnType<Operate>>): string =>
  `${JSON.stringify({ errors: errors?.length ? errors : undefined, data })}\n`;

const toAnswer = (
  { status, headers, body }: HTTPGraphQLResponse,
  { outcome }: RequestContext,
  written: WrittenAnswer | undefined,
): Answer => {
  if (body.kind !== 'complete') throw new Error('incremental delivery is not served');
  const contentType = headers.get('content-type') ?? 'application/json; charset=utf-8';
  return {
    status: isLenient(status, contentType, outcome) ? 200 : (status ?? 200),
    headers: { ...Object.fromEntries(headers), 'content-type': contentType },
    // Apollo Server may refuse after all.
    body: written && (status ?? 200) === 200 ? answerBytes(written) : body.string,
  };
};
