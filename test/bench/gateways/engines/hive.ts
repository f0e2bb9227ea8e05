/**
 * Hive Gateway, with its own planner or with that of Hive Router (Rust): `createGatewayRuntime` over a supergraph file.
 * Requests under way are never shared between callers, as ours never are.
 */

import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

import { runPart } from '../parts.ts';
import { type EngineInput, meter } from './meter.ts';
import { importPeer } from './peers.ts';

interface GatewayRuntime {
  createGatewayRuntime(config: object): RequestListener;
}
interface RouterRuntime {
  readonly unifiedGraphHandler: unknown;
}

runPart(async ({ strippedFile, planner }: EngineInput & { readonly planner: 'own' | 'rust' }) => {
  const { createGatewayRuntime } = await importPeer<GatewayRuntime>('@graphql-hive/gateway-runtime');
  const rust =
    planner === 'rust'
      ? { unifiedGraphHandler: (await importPeer<RouterRuntime>('@graphql-hive/router-runtime')).unifiedGraphHandler }
      : {};
  const gateway = createGatewayRuntime({
    supergraph: strippedFile,
    logging: 'error',
    landingPage: false,
    graphiql: false,
    inboundInflightRequestDeduplication: false,
    transportEntries: { '*.http': { options: { deduplicateInflightRequests: false } } },
    ...rust,
  });
  const server = createServer(gateway);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { ready: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`, questions: meter };
});
