import type { Environment } from './index.ts';
import { readAddress, readFilePath, readPort, refuse } from './values.ts';

/** The OpenID provider through which persons log in: VNeID's place. */
export interface UpstreamSettings {
  /** Its issuer identifier. */
  readonly issuer: string;
  /** What it calls us. */
  readonly clientId: string;
  /** How we prove who we are: a secret, or the file of a private JWK (private_key_jwt). */
  readonly credential: { readonly secret: string } | { readonly keyFile: string };
  readonly scope: string;
  readonly claims: {
    /** Holds the personal number of a citizen. */
    readonly personalNumber: string;
    /** Names an officer: becomes `sub`. */
    readonly officer: string;
    /** The agency an officer works for; must be the one that the client is registered for. */
    readonly agency: string;
  };
}

/** Reads the variables of the upstream provider; undefined where there is none. */
export function readUpstream(env: NodeJS.ProcessEnv, environment: Environment): UpstreamSettings | undefined {
  const { ISSUER_UPSTREAM_URL: url, ISSUER_UPSTREAM_CLIENT_SECRET: secret, ISSUER_UPSTREAM_KEY_FILE: keyFile } = env;
  if (!url) return undefined;
  const issuer = readAddress('ISSUER_UPSTREAM_URL', url);
  if (!secret === !keyFile) {
    refuse(
      'ISSUER_UPSTREAM_CLIENT_SECRET, ISSUER_UPSTREAM_KEY_FILE',
      'phải đặt đúng một trong hai',
      'exactly one of the two must be set',
    );
  }
  if (environment === 'production' && (secret?.startsWith('demo-') || new URL(issuer).protocol !== 'https:')) {
    refuse(
      'ISSUER_UPSTREAM_URL',
      'không được là nhà cung cấp phát triển trong production',
      'must not be the development provider in production',
    );
  }
  return {
    issuer,
    clientId: env.ISSUER_UPSTREAM_CLIENT_ID || 'lienthong',
    credential: keyFile ? { keyFile: readFilePath('ISSUER_UPSTREAM_KEY_FILE', keyFile) } : { secret: secret ?? '' },
    scope: env.ISSUER_UPSTREAM_SCOPE || 'openid',
    claims: {
      personalNumber: env.ISSUER_UPSTREAM_NUMBER_CLAIM || 'personal_number',
      officer: env.ISSUER_UPSTREAM_OFFICER_CLAIM || 'sub',
      agency: env.ISSUER_UPSTREAM_AGENCY_CLAIM || 'agency',
    },
  };
}

/** The port of the development provider, where this process is to run one; undefined otherwise. */
export function readDevelopmentUpstream(env: NodeJS.ProcessEnv, environment: Environment): number | undefined {
  const port = env.ISSUER_DEVELOPMENT_UPSTREAM_PORT;
  if (!port) return undefined;
  if (environment === 'production') {
    refuse('ISSUER_DEVELOPMENT_UPSTREAM_PORT', 'không dùng được trong production', 'does not exist in production');
  }
  return readPort('ISSUER_DEVELOPMENT_UPSTREAM_PORT', port);
}
