/**
 * What it costs to know who asks: at the gateway for an access token, and at both ends of the hop to a department.
 * Microseconds of processor time, the work of other threads included.
 *
 *   npm run bench -w test -- hop
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createReplayMemory, createTokenVerifier, openGatewayKeys } from '@lienthong/kit/token';
import { developmentRegistry } from '@lienthong/registry';
import { loadConfig } from '@lienthong/server';
import { configuredIdentity, loadGatewayKey, registeredClients, tokenSigner } from '@lienthong/server/testing';
import { openState } from '@lienthong/state';
import { exportJWK, generateKeyPair } from 'jose';
import { pino } from 'pino';

import { proofKey } from '../kit/proofs.ts';
import { mint, type SmallIssuer } from '../kit/small-federation.ts';
import { type Figure, microsecondsAsync, printFigures, progress } from './figures.ts';

const ISSUER = 'https://idp.example';
const GATEWAY = 'https://data.example';
/** Revoked tokens, clients and subjects that a lookup has to pass. */
const REVOKED = 10_000;

const folder = await mkdtemp(join(tmpdir(), 'lienthong-bench-hop-'));
const log = pino({ level: 'silent' });
const made = await generateKeyPair('ES256', { extractable: true });
const jwk = { ...(await exportJWK(made.publicKey)), kid: '2026', alg: 'ES256', use: 'sig' };
const issuer: SmallIssuer = { issuer: ISSUER, privateKey: made.privateKey, jwk };
await writeFile(join(folder, 'jwks.json'), JSON.stringify({ keys: [jwk] }));
await writeFile(join(folder, 'supergraph.graphql'), '');
await writeFile(
  join(folder, 'gateway.yaml'),
  `environment: development
publicUrl: ${GATEWAY}
supergraph: { file: ./supergraph.graphql }
authentication:
  issuers:
    - issuer: "${ISSUER}"
      jwks: { file: ./jwks.json }
      allow: [{ orgs: [H48.53], purposes: [TTHC, LANDTX], scopes: ["citizens:basic:read", "land:parcel:read"] }]
registry: { file: "${developmentRegistry}", issuers: ["${ISSUER}"] }
internalToken: { keyFile: ./gateway-key.pem }
state: { file: ./state.jsonl }
`,
);
const { config } = loadConfig(join(folder, 'gateway.yaml'), {});
const [key, state, registered] = await Promise.all([
  loadGatewayKey(config.internalToken.keyFile, true),
  openState(config.state, log),
  registeredClients(config, log),
]);

try {
  const until = Date.now() + 3_600_000;
  await state.revocations.revoke(
    Array.from({ length: REVOKED }, (_, n) => {
      const [kind, value] = [(['token', 'client', 'subject'] as const)[n % 3] ?? 'token', `revoked-${n}`];
      return kind === 'token'
        ? { kind, issuer: ISSUER, value, until }
        : { kind, issuer: ISSUER, value, until, issuedBefore: Date.now() };
    }),
  );
  const identity = configuredIdentity(config, {
    gatewayKey: key.privateKey,
    state,
    registered,
    publicOrigin: () => GATEWAY,
    now: Date.now,
  });
  const claims = {
    client_id: 'mot-cua',
    sub: 'mot-cua',
    org: 'H48.53',
    purpose: 'TTHC',
    legal_basis: 'MANDATORY_SHARE',
    scope: 'citizens:basic:read land:parcel:read',
  };
  const requestWith = (...rawHeaders: string[]) => ({
    method: 'POST',
    path: '/graphql',
    search: '',
    headers: {},
    rawHeaders: ['Host', 'data.example', 'Content-Type', 'application/json', 'Accept-Language', 'vi', ...rawHeaders],
    body: undefined,
    peer: { address: '127.0.0.1', certificate: undefined },
  });
  const bearer = (token: string) => requestWith('Authorization', `Bearer ${token}`);
  const identify = (request: ReturnType<typeof requestWith>) => identity.identify(request, Date.now());

  progress('tokens');
  const held = bearer(await mint(issuer, claims));
  const fresh = await Promise.all(Array.from({ length: 4_000 }, async () => bearer(await mint(issuer, claims))));
  const prover = await proofKey();
  const bound = await mint(issuer, { ...claims, cnf: { jkt: prover.jkt } });
  const proven = await Promise.all(
    Array.from({ length: 4_000 }, async () =>
      requestWith('Authorization', `DPoP ${bound}`, 'DPoP', await prover.proof(`${GATEWAY}/graphql`, bound)),
    ),
  );
  const { principal } = await identify(held);
  const next = <T>(list: readonly T[]) => {
    let n = 0;
    return (): T => {
      const item = list[n++];
      if (item === undefined) throw new RangeError('too few were made');
      return item;
    };
  };
  const [nextFresh, nextProven] = [next(fresh), next(proven)];

  const department = { name: 'land', scopes: new Set(['land:parcel:read', 'land:owner:read']) };
  const body = JSON.stringify({
    query: 'query($c: ID!) { parcel(commune: $c) { sheet number } }',
    variables: { c: '1' },
  });
  const bytes = Buffer.from(body);
  const channel = { loopback: true, encrypted: false, certificate: undefined };
  const hop = (binding: 'body' | 'channel') => {
    const sign = tokenSigner({ key, department, binding, certificate: undefined, now: Date.now });
    const { verify } = createTokenVerifier({
      department: department.name,
      keys: openGatewayKeys({ keys: [...key.jwks.keys] }),
      binding,
      replay: createReplayMemory(),
      now: () => new Date(),
    });
    return async (): Promise<unknown> => {
      const token = await sign(principal, 'request-1', body);
      return verify({ authorization: `Bearer ${token}`, requestId: 'request-1', body: bytes, channel });
    };
  };
  const [ofChannel, ofBody] = [hop('channel'), hop('body')];

  const figures: Figure[] = [];
  const measure = async (name: string, rounds: number, calls: number, act: () => Promise<unknown>, goal?: number) => {
    progress(name);
    const value = await microsecondsAsync(rounds, calls, act);
    figures.push(goal === undefined ? { name, value } : { name, value, goal });
  };
  const tokenStep = `token step: known token, ${REVOKED} revocations, caps, registry`;
  await measure(tokenStep, 21, 50_000, () => identify(held), 5);
  await measure('token step: a token that is new', 8, 500, () => identify(nextFresh()));
  await measure('token step: known token with a new DPoP proof', 8, 500, () => identify(nextProven()));
  await measure('hop, binding: channel, both ends, known caller', 21, 50_000, ofChannel, 3);
  await measure('hop, binding: body, both ends', 11, 1_000, ofBody, 200);
  printFigures('µs of CPU', figures);
} finally {
  await Promise.all([state.close(), registered?.close()]);
  await rm(folder, { recursive: true, force: true });
}
