import { once } from 'node:events';

import type { Impostor } from '../kit/recording-proxy.ts';

/** Departments that misbehave below GraphQL, each in one way. */

export const answering =
  (body: string | Buffer, { status = 200, type = 'application/json' } = {}): Impostor =>
  (_request, response) => {
    response.writeHead(status, { 'content-type': type }).end(body);
  };

/** Accepts and never answers. */
export const hanging: Impostor = () => {};

/** Sends a byte now and then and never ends: each byte would start a naive timer anew. */
export const trickling: Impostor = (_request, response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  const timer = setInterval(() => response.write(' '), 100);
  response.once('close', () => clearInterval(timer));
};

/** Promises more than it sends. */
export const breakingOff: Impostor = (_request, response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
  response.write('{"data":{"_entities":[{"insurance":');
  setTimeout(() => response.destroy(), 20);
};

export const redirectingTo =
  (location: string, status: number): Impostor =>
  (_request, response) => {
    response.writeHead(status, { location }).end();
  };

/** Sends one JSON text of that many MiB, as fast as it is taken, and tells how many were. */
export const pouring = (mebibytes: number): Impostor & { sent: number } => {
  const chunk = Buffer.alloc(1024 * 1024, 'a');
  const pour: Impostor & { sent: number } = Object.assign(
    (async (_request, response) => {
      response.on('error', () => {});
      response.writeHead(200, { 'content-type': 'application/json' });
      const closed = once(response, 'close');
      response.write('{"data":{"_entities":[{"insurance":{"number":"');
      for (pour.sent = 0; pour.sent < mebibytes && !response.destroyed; pour.sent++) {
        if (response.write(chunk)) continue;
        await Promise.race([once(response, 'drain'), closed]);
      }
      response.end('"}}]}}');
    }) as Impostor,
    { sent: 0 },
  );
  return pour;
};
