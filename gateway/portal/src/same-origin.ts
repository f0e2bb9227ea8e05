import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';

function hostnameOf(authority: string): string | undefined {
  try {
    return new URL(`http://${authority}`).hostname.replace(/^\[|\]$/g, '');
  } catch {
    return undefined;
  }
}

/** A name nobody else can point at this machine: `localhost`, a literal address, or one the operator has listed. */
function isOwnHost(hostname: string, hosts: readonly string[]): boolean {
  return (
    hostname === 'localhost' || hostname.endsWith('.localhost') || isIP(hostname) !== 0 || hosts.includes(hostname)
  );
}

/**
 * Whether a request comes from a page of this very server. Fetch Metadata decides where the browser sends it (it does
 * over https and to loopback), `Origin` must agree where it is sent, and one of the two has to be there: a request of
 * another site, a form or a rebound name carries neither or the wrong ones.
 */
export function isSameOrigin(headers: IncomingHttpHeaders, hosts: readonly string[]): boolean {
  const { host, origin, 'sec-fetch-site': site } = headers;
  const hostname = host === undefined ? undefined : hostnameOf(host);
  if (hostname === undefined || !isOwnHost(hostname, hosts)) return false;
  if (site !== undefined && site !== 'same-origin') return false;
  if (origin !== undefined) return origin === `http://${host}` || origin === `https://${host}`;
  return site !== undefined;
}
