import fastify, { type FastifyInstance, type FastifyReply } from 'fastify';
import type { Logger } from 'pino';
import type { DepartmentRequest } from './department.ts';
import { languageOf } from './language.ts';
import { errorForLog } from './redact.ts';
import type { HttpAnswer } from './server.ts';
import type { ServerTls } from './tls.ts';
import { channelOf } from './token/channel.ts';
import { TokenRefused, TokenUndecided } from './token/reasons.ts';
import type { Admission, TokenVerifier } from './token/verify.ts';

const BODY_LIMIT_BYTES = 1024 * 1024;
const EMPTY = Buffer.alloc(0);

export interface HttpParts {
  readonly log: Logger;
  readonly verifier: TokenVerifier;
  readonly ping: () => Promise<void>;
  readonly execute: (body: unknown, request: DepartmentRequest) => Promise<HttpAnswer>;
  /** What the schema says of itself, for the deployer. */
  readonly describe: (body: unknown) => Promise<HttpAnswer>;
  /** Absent: plain HTTP. */
  readonly tls?: ServerTls | undefined;
}

const answerError = (reply: FastifyReply, status: number, message: string, code: string, reason: string) =>
  reply.code(status).send({ errors: [{ message, extensions: { code, reason } }] });

const answerRefusal = (reply: FastifyReply, error: unknown, log: Logger) => {
  if (error instanceof TokenRefused) {
    log.warn({ reason: error.reason }, 'internal token refused');
    return answerError(reply, 401, 'only the gateway may ask this department', 'UNAUTHENTICATED', error.reason);
  }
  if (error instanceof TokenUndecided) {
    log.error({ reason: error.reason, error: errorForLog(error.cause) }, 'internal token could not be judged');
    return answerError(reply, 503, 'the internal token cannot be checked now', 'SERVICE_UNAVAILABLE', error.reason);
  }
  throw error;
};

const parseJson = (body: Buffer): { readonly value: unknown } | undefined => {
  try {
    return { value: JSON.parse(body.toString('utf8')) };
  } catch {
    return undefined;
  }
};

const headerOf = (value: string | string[] | undefined): string | undefined =>
  typeof value === 'string' ? value : undefined;

const addGraphQLRoute = (app: FastifyInstance, { log, verifier, execute, describe }: HttpParts) => {
  app.route({
    method: 'POST',
    url: '/graphql',
    // Before the body is read: whoever has no token at all does not get to fill memory.
    onRequest: async (request, reply) => {
      if (request.headers.authorization === undefined) return answerRefusal(reply, new TokenRefused('missing'), log);
      return undefined;
    },
    handler: async (request, reply) => {
      const body = Buffer.isBuffer(request.body) ? request.body : EMPTY;
      let admission: Admission;
      try {
        admission = await verifier.verify({
          authorization: request.headers.authorization,
          requestId: headerOf(request.headers['x-request-id']),
          body,
          channel: channelOf(request.raw.socket),
        });
      } catch (error) {
        return answerRefusal(reply, error, log);
      }
      const { requestId } = admission;
      const client = admission.kind === 'caller' ? admission.caller.clientId : 'deployer';
      const requestLog = log.child({ requestId, client });
      const started = performance.now();
      const json = parseJson(body);
      if (json === undefined) return answerError(reply, 400, 'the body is not JSON', 'BAD_REQUEST', 'json');
      const language = languageOf(request.headers['accept-language']);
      const answer =
        admission.kind === 'caller'
          ? await execute(json.value, { caller: admission.caller, requestId, language, log: requestLog })
          : await describe(json.value);
      requestLog.info({ status: answer.status, ms: Math.round(performance.now() - started) }, 'answered');
      return reply.code(answer.status).type('application/json; charset=utf-8').send(answer.body);
    },
  });
};

const addHealthRoutes = (app: FastifyInstance, { ping, log }: HttpParts) => {
  app.get('/health/live', async () => ({ status: 'live' }));
  app.get('/health/ready', async (_request, reply) => {
    try {
      await ping();
      return { status: 'ready' };
    } catch (error) {
      log.warn({ error: errorForLog(error) }, 'not ready: the database does not answer');
      return reply.code(503).send({ status: 'unready', reason: 'database' });
    }
  });
};

/** Addresses have no schema here; with compilers for them, Fastify would load three times as many files. */
const withoutSchemas = (): never => {
  throw new TypeError('an address with a schema');
};

/** The HTTP half of a department: `POST /graphql` for the gateway alone, and health for whoever watches. */
export const createHttpServer = (parts: HttpParts): FastifyInstance => {
  const options = {
    bodyLimit: BODY_LIMIT_BYTES,
    forceCloseConnections: 'idle',
    exposeHeadRoutes: false,
    schemaController: { compilersFactory: { buildValidator: withoutSchemas, buildSerializer: withoutSchemas } },
  } as const;
  // One type for both: nothing here depends on what carries the bytes.
  const app = parts.tls ? (fastify({ ...options, https: parts.tls }) as unknown as FastifyInstance) : fastify(options);
  app.removeAllContentTypeParsers();
  // The bytes as they came: `bh` is the hash of these, and nothing is parsed before it has been compared.
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));

  // The gateway keeps its connections; one that was busy when the department began to stop would hold up its end.
  let closing = false;
  app.addHook('preClose', async () => {
    closing = true;
  });
  app.addHook('onSend', async (_request, reply) => {
    if (closing) reply.header('connection', 'close');
  });

  app.setErrorHandler((error: Error & { statusCode?: number; code?: string }, _request, reply) => {
    const status = error.statusCode ?? 500;
    if (status < 500)
      return answerError(reply, status, 'the request cannot be read', 'BAD_REQUEST', error.code ?? 'http');
    parts.log.error({ error: errorForLog(error) }, 'unexpected error');
    return answerError(reply, 500, 'internal error', 'INTERNAL_SERVER_ERROR', 'internal');
  });
  app.setNotFoundHandler((_request, reply) =>
    answerError(reply, 404, 'departments answer POST /graphql', 'NOT_FOUND', 'path'),
  );

  addGraphQLRoute(app, parts);
  addHealthRoutes(app, parts);
  return app;
};
