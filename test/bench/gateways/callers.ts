import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { exportJWK, exportPKCS8, generateKeyPair, SignJWT } from 'jose';

const ISSUER = 'https://idp.example';

/** Every scope that guards a field of the four departments: all is permitted, and all of it has to be decided. */
const SCOPES = [
  'citizens:basic:read',
  'citizens:sensitive:read',
  'citizens:family:read',
  'health:insurance:read',
  'health:immunization:read',
  'health:clinical:read',
  'education:enrolment:read',
  'education:record:read',
  'land:parcel:read',
  'land:owner:read',
  'land:encumbrance:read',
];

/** To each department: the gateway's own default, and as many for the floors; the others have no limit. */
export const CONNECTIONS = 64;

export interface Callers {
  /** Access tokens, ES256, each of another person. */
  readonly tokens: readonly string[];
  /** Configuration files of our gateway by engine. */
  readonly configs: Readonly<Record<Engine, string>>;
}

export const ENGINES = ['apollo', 'compiled'] as const;
export type Engine = (typeof ENGINES)[number];

/** Writes what our gateway needs into a folder: keys, and one configuration for each engine. */
export const writeCallers = async (folder: string, supergraphFile: string, count: number): Promise<Callers> => {
  const issuer = await generateKeyPair('ES256', { extractable: true });
  const own = await generateKeyPair('ES256', { extractable: true });
  const jwk = { ...(await exportJWK(issuer.publicKey)), kid: '2026', alg: 'ES256', use: 'sig' };
  await writeFile(join(folder, 'jwks.json'), JSON.stringify({ keys: [jwk] }));
  await writeFile(join(folder, 'gateway-key.pem'), await exportPKCS8(own.privateKey), { mode: 0o600 });

  const now = Math.floor(Date.now() / 1_000);
  const tokens = await Promise.all(
    Array.from({ length: count }, (_, n) =>
      new SignJWT({ client_id: 'bench', jti: `bench-${n}`, scope: SCOPES.join(' ') })
        .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: '2026' })
        .setIssuer(ISSUER)
        .setAudience('urn:gateway')
        .setSubject(`person-${n}`)
        .setIssuedAt(now)
        .setExpirationTime(now + 3_500)
        .sign(issuer.privateKey),
    ),
  );
  const written = ENGINES.map(async (engine) => {
    const file = join(folder, `${engine}.yaml`);
    await writeFile(file, configuration(engine, supergraphFile));
    return [engine, file] as const;
  });
  return { tokens, configs: Object.fromEntries(await Promise.all(written)) as Record<Engine, string> };
};

/** As a province runs it, but for the limits: one workload is a list of ten thousand, which no honest caller may ask for. */
const configuration = (engine: Engine, supergraphFile: string): string => `
environment: development
listen: { port: 0 }
metrics: { port: 0 }
audit: false
signing: false
console: { enabled: false }
logging: { level: error }
supergraph: { file: ${JSON.stringify(supergraphFile)} }
authentication:
  issuers:
    - { issuer: "${ISSUER}", jwks: { file: ./jwks.json } }
internalToken: { keyFile: ./gateway-key.pem, binding: channel }
execution: { engine: ${engine} }
limits: { cost: 100000000, planning: 1m }
`;
