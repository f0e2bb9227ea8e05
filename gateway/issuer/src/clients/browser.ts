import type { Partner } from '@lienthong/registry';

const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', '[::1]', 'localhost']);

const isLoopback = (uri: string): boolean => {
  const { protocol, hostname } = new URL(uri);
  return protocol === 'http:' && LOOPBACK.has(hostname);
};

/**
 * Whether a client runs on the person's own machine alone, so that its redirect address may have any port (RFC 8252
 * §7.3): a page that is being developed. Whoever else could listen there already runs on that machine.
 */
export const anyPort = ({ authentication, login }: Partner): boolean =>
  authentication.method === 'none' && login !== undefined && login.redirectUris.every(isLoopback);

/**
 * Whether a page at `origin` may call the issuer as this client (CORS). Only for public clients, whose program runs in
 * the browser, and only from where logins lead back to; a confidential client has no business in a browser.
 */
export const mayCallFrom = (origin: string, partner: Partner): boolean => {
  if (partner.authentication.method !== 'none' || !URL.canParse(origin)) return false;
  const { protocol, hostname } = new URL(origin);
  const port = anyPort(partner);
  return (partner.login?.redirectUris ?? []).some((uri) => {
    const registered = new URL(uri);
    return port ? registered.protocol === protocol && registered.hostname === hostname : registered.origin === origin;
  });
};
