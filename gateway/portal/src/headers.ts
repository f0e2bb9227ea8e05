export interface PagePolicy {
  /** Origins besides this one that the page may call. */
  readonly connect?: readonly string[];
  /**
   * For the console alone: the Monaco editor positions its lines by `style` attributes in generated markup and writes its
   * theme into `<style>` elements. Scripts and workers are files of ours.
   */
  readonly inlineStyles?: boolean;
}

/** What a page may load and do: nothing from elsewhere, and nobody frames it. */
const contentSecurityPolicy = ({ connect = [], inlineStyles = false }: PagePolicy): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "worker-src 'self'",
    `style-src 'self'${inlineStyles ? " 'unsafe-inline'" : ''}`,
    "font-src 'self'",
    "img-src 'self' data:",
    `connect-src ${["'self'", ...connect].join(' ')}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');

/** On every answer of a page's addresses, refusals included. */
export const securityHeaders = (policy: PagePolicy): Readonly<Record<string, string>> => ({
  'content-security-policy': contentSecurityPolicy(policy),
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
});
