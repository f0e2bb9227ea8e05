import { readFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';

import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest, LogController } from 'fastify';

import type { Answer, ReceivedRequest } from './context.ts';
import { PublicError } from './errors.ts';
import { RESOURCE_METADATA_PATH } from './identity/resource-metadata.ts';
import { ledgerAddresses } from './ledger/addresses.ts';
import type { LedgerWitness } from './ledger/witness.ts';
import { peerOf } from './peer.ts';
import type { Pipeline } from './pipeline/index.ts';
import { receive } from './pipeline/receive.ts';
import { refusal, respond } from './pipeline/respond.ts';
import { plainPosts } from './plain-post.ts';
import type { SignAnswer } from './signing/answer.ts';
import { contentOf, digestOf } from './signing/digest.ts';

export interface HttpParts {
  /** Bytes. */
  readonly bodySize: number;
  readonly graphql: Pipeline;
  /** Absent where the gateway does not explain: the address is then unknown like any other. */
  readonly explain?: Pipeline | undefined;
  /** For answers of `/graphql` that no pipeline gave; absent where answers are not signed. */
  readonly sign?: SignAnswer | undefined;
  /** Absent where no ledger is kept, or nobody signs it. */
  readonly ledger?: LedgerWitness | undefined;
  /** Every key by which something of the gateway is verified: internal tokens, answers, heads. */
  readonly jwks: () => object;
  /** Those of internal tokens alone: whoever has a key of answers is not the gateway to a department that takes no others. */
  readonly departmentJwks: () => object;
  /** RFC 9728: how a client gets at this resource. */
  readonly resourceMetadata: () => object;
  /** Absent: plain HTTP. */
  readonly tls: { readonly certificate: string; readonly key: string } | undefined;
  /** Milliseconds after which a connection is dropped on which nothing moves, either way. Absent: none is. */
  readonly stalled?: number | undefined;
  readonly ready: () => boolean;
}

/** Addresses have no schema here; with compilers for them, Fastify would load three times as many files. */
const withoutSchemas = (): never => {
  throw new TypeError('an address with a schema');
};

/** The gateway's public listener: `/graphql`, `/explain`, health, the keys that departments verify with. */
export const httpServer = (parts: HttpParts): FastifyInstance => {
  const { bodySize, graphql, explain, sign, ledger, jwks, departmentJwks, resourceMetadata, tls, stalled, ready } =
    parts;
  const app = Fastify({
    ...(tls ? { https: tlsOptions(tls) } : {}),
    bodyLimit: bodySize,
    // Ids from clients are neither trusted nor logged; logs are written by the pipeline alone.
    requestIdHeader: false,
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: 'idle',
    // Its answer would be Fastify's own, and unsigned; the hook below refuses instead.
    return503OnClosing: false,
    requestTimeout: 30_000,
    // An answer that nobody takes is held in memory, and its request is under way no more: no other bound counts it.
    ...(stalled === undefined ? {} : { connectionTimeout: stalled }),
    schemaController: { compilersFactory: { buildValidator: withoutSchemas, buildSerializer: withoutSchemas } },
    // Addresses that cannot be read; Fastify's own answer would be unsigned, and repeat what was asked for.
    frameworkErrors: (error, request, reply) => {
      refused(error, request).then((answer) => send(reply, answer));
    },
  });
  // Bytes reach the pipeline as they came; it alone decides what is JSON.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));

  // A connection kept alive after its answer would hold up the end for as long as its client likes.
  app.addHook('onSend', async (_request, reply) => {
    if (!ready()) reply.header('connection', 'close');
  });

  const refused = async (error: Error, request: FastifyRequest): Promise<Answer> =>
    unanswered(error, toReceived(request), isGraphql(request) ? sign : undefined);

  const onRequest = async () => {
    if (!ready()) throw new PublicError('SHUTTING_DOWN');
  };
  app.all(GRAPHQL, { onRequest }, async (request, reply) => send(reply, await graphql(toReceived(request))));
  if (explain) {
    app.all('/explain', { onRequest }, async (request, reply) => send(reply, await explain(toReceived(request))));
  }
  app.get('/health/live', async () => ({ status: 'live' }));
  app.get('/health/ready', async (_request, reply) =>
    ready() ? { status: 'ready' } : reply.code(503).send({ status: 'not ready' }),
  );
  for (const [path, keys] of [
    ['/.well-known/jwks.json', jwks],
    ['/.well-known/departments-jwks.json', departmentJwks],
  ] as const) {
    app.get(path, async (_request, reply) => reply.header('cache-control', 'public, max-age=300').send(keys()));
  }
  if (ledger) ledgerAddresses(app, ledger);
  // Both places of RFC 9728 §3.1: of the resource with its path, and of the origin for clients that ask there.
  for (const path of [RESOURCE_METADATA_PATH, '/.well-known/oauth-protected-resource']) {
    app.get(path, async (_request, reply) =>
      reply.header('cache-control', 'public, max-age=300').send(resourceMetadata()),
    );
  }
  // Says where to go and repeats nothing of what was asked for.
  app.setNotFoundHandler(async (request, reply) => {
    // A method that the router does not know.
    if (decoded(pathOf(request)) === GRAPHQL) return send(reply, await refused(methodNotAllowed(), request));
    return reply.code(404).header('cache-control', 'no-store').send({ status: 'not found', graphql: '/graphql' });
  });
  app.setErrorHandler(async (error: Error, request, reply) => send(reply, await refused(error, request)));
  takeShortWay(app, parts);
  return app;
};

const GRAPHQL = '/graphql';
const METHODS = ['GET', 'POST'];

const methodNotAllowed = () => new PublicError('METHOD_NOT_ALLOWED', { headers: { allow: METHODS.join(', ') } });

/** Whether `/graphql` was meant: however it is spelled, or what begins like it and cannot be read. */
const isGraphql = (request: FastifyRequest): boolean => {
  const path = pathOf(request);
  const readable = decoded(path);
  return readable === undefined ? path.startsWith(GRAPHQL) : readable === GRAPHQL;
};

const decoded = (path: string): string | undefined => {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
};

/** Puts the way of plain requests before Fastify's own listener; the server with its timeouts and its end stays Fastify's. */
const takeShortWay = ({ server }: FastifyInstance, { bodySize, ready, graphql, sign }: HttpParts): void => {
  const [router, ...others] = server.listeners('request') as RequestListener[];
  if (!router || others.length > 0) throw new TypeError('a server whose one listener is not Fastify’s');
  const answer = (received: ReceivedRequest): Promise<Answer> =>
    graphql(received).catch((error: Error) => unanswered(error, received, sign));
  server.removeListener('request', router);
  server.on('request', plainPosts({ path: GRAPHQL, bodySize, ready, answer }, router));
  // Node would refuse what a request expects besides `100-continue`, without a signature; it may be ignored (RFC 9110 §10.1.1).
  server.on('checkExpectation', router);
};

/** The answer to what is refused before the pipeline sees it, or to what failed where nothing should. Never fails. */
const unanswered = async (
  error: Error & { statusCode?: number },
  received: ReceivedRequest,
  sign: SignAnswer | undefined,
): Promise<Answer> => {
  const opened = receive(received);
  const refused = transportError(error);
  const answer = respond(refusal(refused, received, opened), opened);
  if (!sign || refused.code === 'SIGNING_UNAVAILABLE') return answer;
  try {
    // Of a request that was not read to its end there is no digest.
    return await sign(answer, { answer: digestOf(contentOf(answer, received.method)) });
  } catch (failed) {
    return unanswered(failed as Error, received, undefined);
  }
};

const transportError = (error: Error & { statusCode?: number }): PublicError => {
  if (error instanceof PublicError) return error;
  const { statusCode } = error;
  if (statusCode === 413) return new PublicError('PAYLOAD_TOO_LARGE');
  if (statusCode === 415) return new PublicError('UNSUPPORTED_MEDIA_TYPE');
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) return new PublicError('BAD_REQUEST');
  return new PublicError(statusCode === 503 ? 'SHUTTING_DOWN' : 'INTERNAL_SERVER_ERROR');
};

/**
 * Callers are asked for a certificate and not judged by who issued it: what counts is that a token is bound to it
 * (RFC 8705 §6.2), and a self-signed one can be bound as well.
 */
const tlsOptions = ({ certificate, key }: { certificate: string; key: string }) => ({
  cert: readFileSync(certificate),
  key: readFileSync(key),
  minVersion: 'TLSv1.2' as const,
  requestCert: true,
  rejectUnauthorized: false,
});

/** A request target may come with scheme and host (RFC 9112 §3.2.2); which host it names is nobody's proof. */
const ABSOLUTE_FORM = /^https?:\/\/[^/?#]*/i;

const pathOf = ({ url }: FastifyRequest): string => url.replace(ABSOLUTE_FORM, '').split(/[?#]/, 1)[0] ?? '';

const toReceived = ({ method, url: target, headers, raw, body }: FastifyRequest): ReceivedRequest => {
  const url = target.replace(ABSOLUTE_FORM, '');
  const [path = '', search] = url.split('?', 2);
  return {
    method,
    path,
    search: search === undefined ? '' : `?${url.slice(path.length + 1)}`,
    headers,
    rawHeaders: raw.rawHeaders,
    body: Buffer.isBuffer(body) ? body : undefined,
    peer: peerOf(raw.socket),
  };
};

const send = (reply: FastifyReply, { status, headers, body }: Answer): FastifyReply =>
  reply
    .code(status)
    .headers(headers)
    .send(typeof body === 'string' ? Buffer.from(body) : body);
