import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { registerDemo } from './demo.ts';
import { SECURITY_HEADERS } from './headers.ts';
import type { ConsoleOptions } from './options.ts';
import { NOT_BUILT, type Page, readPages } from './pages.ts';

const DIST = join(import.meta.dirname, '..', 'dist');

const acceptsGzip = (acceptEncoding: string | undefined): boolean =>
  /\bgzip\b(?!\s*;\s*q=0(?![.\d]*[1-9]))/.test(acceptEncoding ?? '');

function registerPage(scope: FastifyInstance, address: string, page: Page): void {
  scope.get(address, async (request, reply) => {
    reply.type(page.contentType).header('cache-control', page.cacheControl).header('vary', 'accept-encoding');
    if (!acceptsGzip(request.headers['accept-encoding'])) return reply.send(page.bytes);
    return reply.header('content-encoding', 'gzip').send(await page.gzipped());
  });
}

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
    scope.addHook('onRequest', async (_request, reply) => {
      reply.headers(SECURITY_HEADERS);
    });
    registerDemo(scope, options);
    if (pages === undefined) {
      scope.get('/', (_request, reply) =>
        reply.code(503).type('text/html; charset=utf-8').header('cache-control', 'no-store').send(NOT_BUILT),
      );
      return;
    }
    for (const page of pages) registerPage(scope, page.path === '/index.html' ? '/' : page.path, page);
  });
}
