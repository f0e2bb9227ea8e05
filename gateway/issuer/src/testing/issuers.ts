import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { developmentRegistry } from '@lienthong/registry';
import { createRemoteJWKSet, type JWK, type JWTVerifyResult, jwtVerify } from 'jose';
import { pino } from 'pino';
import type { IssuerConfig } from '../config/index.ts';
import { type IssuerParts, startIssuer } from '../issuer.ts';

/** One answer of the token endpoint. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

type Form = Record<string, string> | readonly (readonly string[])[];

/** A folder of its own with a province key, and issuers started in it on free ports. */
export function testIssuers() {
  const folder = mkdtempSync(join(tmpdir(), 'issuer-'));
  const provinceKeyFile = join(folder, 'province.key');
  writeFileSync(provinceKeyFile, `k1.${randomBytes(32).toString('base64url')}\n`);
  const running: { close(): Promise<void> }[] = [];

  const config: IssuerConfig = {
    environment: 'development',
    host: '127.0.0.1',
    port: 0,
    registry: { file: developmentRegistry },
    keysFile: join(folder, 'keys.json'),
    provinceKeyFile,
    tokenLifetime: 600,
    dpopNonce: 'optional',
    certificates: { proxies: [], header: 'client-cert' },
    introspectors: [],
    logLevel: 'trace',
  };

  return {
    folder,
    config,
    /** Starts an issuer with `changes` to the development configuration; its log is kept in `log()`. */
    async start(changes: Partial<IssuerConfig> = {}, parts: IssuerParts = {}) {
      let log = '';
      const sink = new Writable({
        write(chunk, _encoding, done) {
          log += chunk;
          done();
        },
      });
      const logger = pino({ level: 'trace' }, sink);
      const issuer = await startIssuer({ ...config, ...changes }, { logger, ...parts });
      running.push(issuer);
      return { ...issuer, log: () => log };
    },
    async stop(): Promise<void> {
      await Promise.all(running.map((issuer) => issuer.close()));
      // What watches a file there may be writing still.
      rmSync(folder, { recursive: true, maxRetries: 5 });
    },
  };
}

/** The secret that the development registry gives a demo client. */
export const demoSecret = (client: string): string => `demo-${client}-khong-dung-that`;

/** Posts a token request as `client` (client_secret_basic), by default for client credentials. */
export async function askToken(url: string, client: string, form: Form = {}, secret = demoSecret(client)) {
  const body = new URLSearchParams();
  for (const [name = '', value = ''] of Array.isArray(form) ? form : Object.entries(form)) body.append(name, value);
  if (!body.has('grant_type')) body.set('grant_type', 'client_credentials');
  const credentials = Buffer.from(`${client}:${secret}`).toString('base64');
  return post(url, body, { authorization: `Basic ${credentials}` });
}

/** Posts any body to the token endpoint. */
export async function post(url: string, body: URLSearchParams, headers: Record<string, string> = {}): Promise<Answer> {
  const response = await fetch(`${url}/token`, { method: 'POST', headers, body });
  return { status: response.status, headers: response.headers, body: Object(await response.json()) };
}

/** The keys that an issuer publishes. */
export async function publishedKeys(url: string): Promise<JWK[]> {
  const { keys } = (await (await fetch(`${url}/jwks`)).json()) as { keys: JWK[] };
  return keys;
}

/** Verifies the answer's token as the gateway would, from the published keys. */
export function verified(issuer: { url: string; issuer: string }, { body }: Answer): Promise<JWTVerifyResult> {
  return jwtVerify(String(body.access_token), createRemoteJWKSet(new URL(`${issuer.url}/jwks`)), {
    issuer: issuer.issuer,
    audience: 'urn:gateway',
    typ: 'at+jwt',
    algorithms: ['ES256'],
  });
}
