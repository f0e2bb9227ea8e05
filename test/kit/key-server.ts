import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { exportJWK, generateKeyPair, type JWK } from 'jose';

import type { SmallIssuer } from './small-federation.ts';

/** An issuer whose key set is fetched, and what a test does to it. */
export interface KeyServer {
  readonly issuer: string;
  /** The entry of `authentication.issuers` that trusts it. */
  readonly entry: string;
  /** Keys in the set by their names; changed, the set is another at the next fetch. */
  readonly keys: Map<string, SmallIssuer>;
  /** How often the set was asked for. */
  fetches(): number;
  /** Makes a key; it is in the set once it is put there. */
  key(kid: string): Promise<SmallIssuer>;
  /** Another answer than the set: a status and a text, or none at all. */
  fault: { readonly status: number; readonly body: string; readonly location?: string } | 'hangs' | undefined;
  /** Takes its port away, and gives it back. */
  down(): Promise<void>;
  up(): Promise<void>;
  close(): Promise<void>;
}

export const keyServer = async (issuer: string): Promise<KeyServer> => {
  const keys = new Map<string, SmallIssuer>();
  let fetched = 0;
  const server = createServer((_incoming, outgoing) => {
    fetched += 1;
    const { fault } = self;
    if (fault === 'hangs') return;
    if (fault) outgoing.writeHead(fault.status, fault.location === undefined ? {} : { location: fault.location });
    outgoing.end(fault ? fault.body : JSON.stringify({ keys: [...keys.values()].map(({ jwk }) => jwk) }));
  });
  let port = 0;
  const up = async () => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    ({ port } = server.address() as AddressInfo);
  };
  const down = async () => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  };
  await up();
  const self: KeyServer = {
    issuer,
    entry: `{ issuer: "${issuer}", jwks: { url: "http://127.0.0.1:${port}/jwks" } }`,
    keys,
    fetches: () => fetched,
    async key(kid) {
      const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
      const jwk: JWK = { ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' };
      return { issuer, privateKey, jwk };
    },
    fault: undefined,
    down,
    up,
    close: down,
  };
  return self;
};
