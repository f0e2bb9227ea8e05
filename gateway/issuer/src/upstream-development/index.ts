import { createServer } from 'node:http';
import type { UpstreamSettings } from '../config/upstream.ts';
import { listen, stop } from '../listen.ts';
import { clientId, clientSecret, developmentProvider } from './provider.ts';

/** A provider of invented people that serves. */
export interface DevelopmentUpstream {
  readonly url: string;
  /** How the issuer uses it. */
  readonly settings: UpstreamSettings;
  close(): Promise<void>;
}

/** Starts the provider in VNeID's place on loopback, for demos and tests. Nothing of it outlives the process. */
export async function startDevelopmentUpstream(port: number): Promise<DevelopmentUpstream> {
  const server = createServer();
  const url = await listen(server, 'http', { host: '127.0.0.1', port }, 'ISSUER_DEVELOPMENT_UPSTREAM_PORT');
  const provider = await developmentProvider(url);
  server.on('request', provider.callback());
  return {
    url,
    settings: {
      issuer: url,
      clientId,
      credential: { secret: clientSecret },
      scope: 'openid',
      claims: { personalNumber: 'personal_number', officer: 'sub', agency: 'agency' },
    },
    close: () => stop(server),
  };
}
