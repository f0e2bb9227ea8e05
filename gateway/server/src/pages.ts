import type { FastifyInstance } from 'fastify';

import type { GatewayConfig } from './config/index.ts';
import { explains } from './explain/endpoint.ts';

/**
 * Serves the pages: the console at `/`, in development with the demo tokens that it borrows from the local issuer, and
 * the citizen's page at `/my-data`.
 */
export const mountPages = async (
  app: FastifyInstance,
  config: GatewayConfig,
  publicOrigin: () => string,
): Promise<void> => {
  const { enabled, demo } = config.console;
  if (!enabled && !config.myData) return;
  const { registerConsole, registerMyData } = await import('@lienthong/portal/server');
  const { environment } = config;
  if (config.myData) {
    const endpoint = () => `${publicOrigin()}/graphql`;
    await registerMyData(app, { ...config.myData, environment, endpoint, assets: !enabled });
  }
  if (!enabled) return;
  await registerConsole(app, {
    environment,
    explain: explains(config),
    ...(demo ? { demo: await demoProvider(demo) } : {}),
  });
};

const demoProvider = async ({ issuer, registry }: NonNullable<GatewayConfig['console']['demo']>) => {
  const [{ requestToken }, { loadRegistryFile }] = await Promise.all([
    import('@lienthong/issuer/client'),
    import('@lienthong/registry'),
  ]);
  return {
    clients: async () =>
      loadRegistryFile(registry)
        .filter(({ login }) => login?.of !== 'citizens')
        .map(({ client, name, purposes }) => ({
          id: client,
          name,
          purposes: purposes.map(({ purpose, scopes }) => ({ code: purpose, scopes })),
        })),
    token: async (client: string, purpose: string) => {
      const issued = await requestToken({ issuer, registryFile: registry, client, purpose });
      if (!issued.ok) throw new Error(issued.messages.en);
      return issued.token;
    },
  };
};
