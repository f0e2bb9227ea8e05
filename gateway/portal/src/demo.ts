import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ConsoleOptions, DemoClient, DemoProvider } from './options.ts';
import { refuse } from './refusals.ts';
import { isSameOrigin } from './same-origin.ts';

interface TokenRequest {
  readonly client: string;
  readonly purpose: string;
}

function tokenRequest(body: unknown): TokenRequest | undefined {
  if (typeof body !== 'object' || body === null || !('client' in body) || !('purpose' in body)) return undefined;
  const { client, purpose } = body;
  return typeof client === 'string' && typeof purpose === 'string' ? { client, purpose } : undefined;
}

/** Only what the page shows: a registry entry handed in by mistake must not carry its secret to the browser. */
function shown({ id, name, purposes }: DemoClient): DemoClient {
  return {
    id,
    name: { vi: name.vi, en: name.en },
    purposes: purposes.map(({ code, scopes }) => ({ code, scopes: [...scopes] })),
  };
}

async function answerToken(demo: DemoProvider, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const asked = tokenRequest(request.body);
  if (asked === undefined) return refuse(reply, 'MALFORMED');
  try {
    const client = (await demo.clients()).find(({ id }) => id === asked.client);
    if (!client?.purposes.some(({ code }) => code === asked.purpose)) return refuse(reply, 'UNKNOWN_CLIENT');
    const token = await demo.token(asked.client, asked.purpose);
    return reply.header('cache-control', 'no-store').send({ token });
  } catch (error) {
    request.log.error({ err: error, client: asked.client }, 'demo token not issued');
    return refuse(reply, 'ISSUER_UNAVAILABLE');
  }
}

/** `GET /console/config.json` and `POST /console/token`, on a scope of the console's own. */
export function registerDemo(
  scope: FastifyInstance,
  { environment, explain = false, demo, hosts = [] }: ConsoleOptions,
): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('application/json', { parseAs: 'string', bodyLimit: 1024 }, (_request, body, done) => {
    try {
      done(null, JSON.parse(String(body)));
    } catch {
      // The handler refuses what is not the expected object, with a message that says what it should be.
      done(null, undefined);
    }
  });
  scope.setErrorHandler((error: { statusCode?: number }, request, reply) => {
    if (error.statusCode === 415) return refuse(reply, 'JSON_ONLY');
    if (error.statusCode === 400 || error.statusCode === 413) return refuse(reply, 'MALFORMED');
    request.log.error({ err: error }, 'console request failed');
    return refuse(reply, 'ISSUER_UNAVAILABLE');
  });

  scope.get('/console/config.json', async (_request, reply) => {
    const clients = demo === undefined ? [] : (await demo.clients()).map(shown);
    return reply.header('cache-control', 'no-store').send({ environment, explain, demo: demo !== undefined, clients });
  });
  if (demo === undefined) {
    scope.post('/console/token', { onRequest: async (_request, reply) => refuse(reply, 'NO_DEMO') }, () => undefined);
    return;
  }
  scope.post(
    '/console/token',
    {
      // Before the body is read: what comes from elsewhere is not looked at.
      onRequest: async (request, reply) =>
        isSameOrigin(request.headers, hosts) ? undefined : refuse(reply, 'CROSS_SITE'),
    },
    (request, reply) => answerToken(demo, request, reply),
  );
}
