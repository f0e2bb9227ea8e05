import { createHash, generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { type JSONWebKeySet, type JWTPayload, SignJWT } from 'jose';

/** Who asks, in a test; whatever is left out is not in the token. */
export interface TestPrincipal {
  readonly scopes?: readonly string[];
  readonly purpose?: string;
  readonly subject?: string;
  readonly clientId?: string;
  readonly issuer?: string;
  readonly org?: string;
  readonly legalBasis?: string;
  readonly caseId?: string;
  readonly citizen?: string;
}

/** Departures from a proper token, for tests of what is refused. A claim or header set to `undefined` is left out. */
export interface TokenFlaws {
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly header?: { readonly typ?: string | undefined; readonly kid?: string };
}

/** Stands in for the gateway: holds its key and signs internal tokens as DESIGN §4 says. */
export interface TestGateway {
  readonly jwks: JSONWebKeySet;
  /** A province key of this test's own, as the line of its file. */
  readonly provinceKey: string;
  readonly token: (
    department: string,
    body: string | Uint8Array,
    principal?: TestPrincipal,
    flaws?: TokenFlaws,
  ) => Promise<string>;
}

const LIFETIME_SECONDS = 30;

const present = (claims: Readonly<Record<string, unknown>>): JWTPayload =>
  Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined));

/** A gateway with new keys; `now` must be the clock that the department under test was given. */
export const testGateway = (now: () => Date = () => new Date()): TestGateway => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const kid = randomUUID();
  return {
    jwks: { keys: [{ ...publicKey.export({ format: 'jwk' }), kty: 'EC', kid, alg: 'ES256', use: 'sig' }] },
    provinceKey: `k1.${randomBytes(32).toString('base64url')}`,
    token: (department, body, principal = {}, flaws = {}) => {
      const { clientId = 'test-client', subject = clientId } = principal;
      const iat = Math.floor(now().getTime() / 1000);
      const claims = {
        iss: 'urn:gateway',
        aud: `urn:subgraph:${department}`,
        iat,
        exp: iat + LIFETIME_SECONDS,
        jti: randomUUID(),
        req: randomUUID(),
        bh: createHash('sha256').update(body).digest('base64url'),
        iss_user: principal.issuer ?? 'https://issuer.test',
        sub: subject,
        client_id: clientId,
        act: { sub: 'urn:gateway', act: { sub: clientId } },
        org: principal.org,
        purpose: principal.purpose,
        legal_basis: principal.legalBasis,
        case_id: principal.caseId,
        citizen: principal.citizen,
        scope: (principal.scopes ?? []).join(' '),
        ...flaws.claims,
      };
      const header = present({ typ: 'gw-internal+jwt', kid, ...flaws.header });
      return new SignJWT(present(claims)).setProtectedHeader({ ...header, alg: 'ES256' }).sign(privateKey);
    },
  };
};
