import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { FastifyInstance } from 'fastify';

/** The built pages. */
export const DIST = join(import.meta.dirname, '..', 'dist');

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml; charset=utf-8',
  '.ttf': 'font/ttf',
  '.woff2': 'font/woff2',
};

/** A file of the built console, held in memory. */
export interface Page {
  readonly path: string;
  readonly contentType: string;
  readonly cacheControl: string;
  readonly bytes: Buffer;
  gzipped(): Promise<Buffer>;
}

const IMMUTABLE = 'public, max-age=31536000, immutable';

function page(path: string, bytes: Buffer): Page {
  let compressed: Promise<Buffer> | undefined;
  return {
    path,
    bytes,
    contentType: CONTENT_TYPES[extname(path)] ?? 'application/octet-stream',
    // Names under assets/ carry a hash of the content; the others must be asked for again after each build.
    cacheControl: path.startsWith('/assets/') ? IMMUTABLE : 'no-cache',
    gzipped: () => {
      compressed ??= promisify(gzip)(bytes);
      return compressed;
    },
  };
}

/**
 * Every file of the built console under its address, read once. Each becomes a route of its own, so a request never
 * turns into a path of the file system. `undefined`: the console has not been built.
 */
export function readPages(dist: string): readonly Page[] | undefined {
  if (!existsSync(join(dist, 'index.html'))) return undefined;
  return readdirSync(dist, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => page(`/${relative(dist, file).split(sep).join('/')}`, readFileSync(file)));
}

const acceptsGzip = (acceptEncoding: string | undefined): boolean =>
  /\bgzip\b(?!\s*;\s*q=0(?![.\d]*[1-9]))/.test(acceptEncoding ?? '');

/** Serves one file of the built pages at an address. */
export function registerPage(scope: FastifyInstance, address: string, { cacheControl, ...file }: Page): void {
  scope.get(address, async (request, reply) => {
    reply.type(file.contentType).header('cache-control', cacheControl).header('vary', 'accept-encoding');
    if (!acceptsGzip(request.headers['accept-encoding'])) return reply.send(file.bytes);
    return reply.header('content-encoding', 'gzip').send(await file.gzipped());
  });
}

/** The page shown instead of a console that has not been built. */
export const NOT_BUILT = `<!doctype html>
<html lang="vi">
<head><meta charset="utf-8"><title>Liên Thông</title></head>
<body>
<h1>Liên Thông</h1>
<p>Trang thử truy vấn chưa được dựng. Chạy lệnh dưới đây ở thư mục gốc rồi khởi động lại cổng; GraphQL tại <code>/graphql</code> vẫn hoạt động.</p>
<p lang="en">The console has not been built. Run this in the root folder, then restart the gateway; GraphQL at <code>/graphql</code> works all the same.</p>
<pre>npm run build -w @lienthong/portal</pre>
</body>
</html>
`;
