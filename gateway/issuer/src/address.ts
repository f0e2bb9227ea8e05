import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import type { Provider } from 'oidc-provider';

/**
 * Koa takes its own address from the Host header, by which a caller could have metadata, redirects and DPoP's `htu`
 * point elsewhere. It is the issuer's, or that of the TLS listener for whoever came in there.
 */
export function fixAddress(provider: Provider, issuer: string, tlsUrl: string | undefined): void {
  const [own, tls] = [new URL(issuer), new URL(tlsUrl ?? issuer)];
  const address = (request: unknown): URL =>
    (request as { readonly req: IncomingMessage }).req.socket instanceof TLSSocket ? tls : own;
  Object.defineProperties(provider.request, {
    protocol: {
      get() {
        return address(this).protocol.slice(0, -1);
      },
    },
    host: {
      get() {
        return address(this).host;
      },
    },
  });
}
