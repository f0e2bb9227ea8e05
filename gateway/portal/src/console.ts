import type { FastifyInstance } from 'fastify';
import { registerDemo } from './demo.ts';
import { securityHeaders } from './headers.ts';
import { isAsset } from './my-data.ts';
import type { ConsoleOptions } from './options.ts';
import { DIST, NOT_BUILT, readPages, registerPage } from './pages.ts';

/**
 * Serves the developer console: the built pages at `/`, what they need to know at `/console/config.json`, and, in
 * development, demo tokens at `/console/token`. All of it lives in a scope of its own and leaves the gateway's body
 * parsers, error handler and headers alone.
 */
export async function registerConsole(app: FastifyInstance, options: ConsoleOptions): Promise<void> {
  if (options.environment === 'production' && options.demo !== undefined) {
    throw new Error('The console hands out demo tokens in development only: leave `demo` out in production.');
  }
  const pages = readPages(options.dist ?? DIST);
  await app.register(async (scope) => {
    const headers = securityHeaders({ inlineStyles: true });
    scope.addHook('onRequest', async (_request, reply) => {
      reply.headers(headers);
    });
    registerDemo(scope, options);
    if (pages === undefined) {
      scope.get('/', (_request, reply) =>
        reply.code(503).type('text/html; charset=utf-8').header('cache-control', 'no-store').send(NOT_BUILT),
      );
      return;
    }
    for (const page of pages) {
      if (page.path === '/index.html') registerPage(scope, '/', page);
      else if (isAsset(page.path)) registerPage(scope, page.path, page);
    }
  });
}
