import type { FastifyInstance } from 'fastify';
import { securityHeaders } from './headers.ts';
import type { MyDataOptions } from './options.ts';
import { DIST, NOT_BUILT, readPages, registerPage } from './pages.ts';

const PAGE = '/my-data.html';

/**
 * Serves the page «Ai đã xem dữ liệu của tôi?» at `/my-data`: a page of its own, that needs no console. It logs a citizen
 * in at the issuer and asks this gateway; nothing here sees a token.
 */
export async function registerMyData(app: FastifyInstance, options: MyDataOptions): Promise<void> {
  const { issuer, client, endpoint, environment } = options;
  const pages = readPages(options.dist ?? DIST);
  const page = pages?.find(({ path }) => path === PAGE);
  await app.register(async (scope) => {
    const headers = securityHeaders({ connect: [new URL(issuer).origin] });
    scope.addHook('onRequest', async (_request, reply) => {
      reply.headers(headers);
    });
    scope.get('/my-data/config.json', (_request, reply) =>
      reply.header('cache-control', 'no-store').send({ environment, issuer, client, endpoint: endpoint() }),
    );
    if (page === undefined) {
      scope.get('/my-data', (_request, reply) =>
        reply.code(503).type('text/html; charset=utf-8').header('cache-control', 'no-store').send(NOT_BUILT),
      );
      return;
    }
    registerPage(scope, '/my-data', page);
    // The console's scope serves the files of both pages, where it is enabled.
    if (options.assets) for (const file of pages ?? []) if (isAsset(file.path)) registerPage(scope, file.path, file);
  });
}

/** What both pages load. */
export const isAsset = (path: string): boolean => !path.endsWith('.html');
