import { X509Certificate } from 'node:crypto';
import { request } from 'node:https';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Certificate, certificate, writeCertificate } from '../testing/certificates.ts';
import { post, testIssuers, verified } from '../testing/issuers.ts';
import { writePartners } from '../testing/partners.ts';

const issuers = testIssuers();
let issuer: Awaited<ReturnType<typeof issuers.start>>;
/** The same registry behind a proxy that is trusted, and behind one that is not. */
let proxied: typeof issuer;
let unproxied: typeof issuer;
let certificates: Record<string, Certificate>;

/** As RFC 4514 writes it: the most specific part first. */
const name = 'CN=gw,OU=CNTT,O=Sở Y tế\\, Phòng 1,C=VN';
/** As it stands in the certificate. */
const subject = 'C=VN,O=Sở Y tế\\, Phòng 1,OU=CNTT,CN=gw';

beforeAll(async () => {
  const authority = await certificate({ subject: 'CN=Test CA', authority: true });
  const impostor = await certificate({ subject: 'CN=Test CA', authority: true });
  const issued = { issuer: authority, usage: 'client' as const };
  certificates = {
    server: await certificate({ subject: 'CN=127.0.0.1', dns: ['localhost'] }),
    named: await certificate({ ...issued, subject }),
    dns: await certificate({ ...issued, dns: ['gw.so-y-te.example'] }),
    smuggled: await certificate({ ...issued, uris: ['https://x.example/, DNS:gw.so-y-te.example, URI:https://y'] }),
    forged: await certificate({ ...issued, issuer: impostor, subject }),
    forServers: await certificate({ issuer: authority, usage: 'server', subject }),
    expired: await certificate({ ...issued, subject, from: -3, until: -1 }),
    own: await certificate({ subject: 'CN=own' }),
    other: await certificate({ subject: 'CN=own' }),
    old: await certificate({ subject: 'CN=own', from: -3, until: -1 }),
  };
  const tlsClient = (attribute: string, value: string) => ({ method: 'tls_client_auth', match: { attribute, value } });
  const registry = writePartners(issuers.folder, {
    named: { authentication: tlsClient('subject_dn', name), bound: 'mtls' },
    dns: { authentication: tlsClient('san_dns', 'gw.so-y-te.example'), bound: 'mtls' },
    own: {
      authentication: {
        method: 'self_signed_tls_client_auth',
        certificates: [certificates.own?.pem, certificates.old?.pem],
      },
      bound: 'mtls',
    },
  });
  const { certificateFile } = writeCertificate(issuers.folder, 'ca', authority);
  const server = writeCertificate(issuers.folder, 'server', certificates.server as Certificate);
  const settings = { authorities: certificateFile, header: 'client-cert' };
  const tls = { host: '127.0.0.1', port: 0, ...server };
  [issuer, proxied, unproxied] = await Promise.all([
    issuers.start({ registry, tls, certificates: { ...settings, proxies: [] } }),
    issuers.start({ registry, certificates: { ...settings, proxies: ['127.0.0.0/8'] } }),
    issuers.start({ registry, certificates: { ...settings, proxies: ['10.0.0.0/8'] } }),
  ]);
});
afterAll(() => issuers.stop());

const form = (client: string) => new URLSearchParams({ grant_type: 'client_credentials', client_id: client });

/** Asks over TLS, showing a certificate or none. */
function ask(client: string, shown?: string): Promise<{ status: number; body: Record<string, unknown> }> {
  const { pem, key } = (shown && certificates[shown]) || {};
  return new Promise((resolve, reject) => {
    const asked = request(`${issuer.tlsUrl}/token`, {
      method: 'POST',
      ca: certificates.server?.pem,
      checkServerIdentity: () => undefined,
      agent: false,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      ...(pem ? { cert: pem, key } : {}),
    });
    asked.on('response', async (response) => {
      resolve({ status: response.statusCode ?? 0, body: JSON.parse((await response.toArray()).join('')) });
    });
    asked.on('error', reject).end(form(client).toString());
  });
}

const forwarded = (shown: string) => `:${new X509Certificate(certificates[shown]?.pem ?? '').raw.toString('base64')}:`;
const outcome = ({ status, body }: { status: number; body: Record<string, unknown> }) =>
  status === 200 ? 'issued' : body.error;
const thumbprint = (shown: string): string =>
  Buffer.from(new X509Certificate(certificates[shown]?.pem ?? '').fingerprint256.replaceAll(':', ''), 'hex').toString(
    'base64url',
  );

describe('over TLS', () => {
  test.each([
    ['named', 'named'],
    ['dns', 'dns'],
    ['own', 'own'],
  ])('client %s is known by its certificate, and its token is bound to it', async (client, shown) => {
    const answer = await ask(client, shown);
    const { payload } = await verified(issuer, { headers: new Headers(), ...answer });
    expect(payload.cnf).toEqual({ 'x5t#S256': thumbprint(shown) });
    expect(answer.body.token_type).toBe('Bearer');
  });

  test.each([
    ['no certificate', 'named', undefined],
    ['a certificate of an unknown authority with the same name', 'named', 'forged'],
    ['a certificate for servers', 'named', 'forServers'],
    ['an expired certificate', 'named', 'expired'],
    ["another client's certificate", 'named', 'dns'],
    ['a name smuggled into another one', 'dns', 'smuggled'],
    ['a self-signed certificate for a client of an authority', 'named', 'own'],
    ['another self-signed certificate', 'own', 'other'],
    ['a registered certificate that has expired', 'own', 'old'],
    ['no certificate where one is registered', 'own', undefined],
  ])('%s is refused', async (_case, client, shown) => {
    expect(await ask(client, shown)).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
  });

  test('metadata says where clients with certificates go', async () => {
    const metadata = (await (await fetch(`${issuer.url}/.well-known/oauth-authorization-server`)).json()) as {
      mtls_endpoint_aliases?: unknown;
    };
    expect(metadata.mtls_endpoint_aliases).toEqual({
      token_endpoint: `${issuer.tlsUrl}/token`,
      introspection_endpoint: `${issuer.tlsUrl}/introspect`,
    });
  });

  test('without TLS, nobody has a certificate', async () => {
    const answer = await post(issuer.url, form('named'), { 'client-cert': forwarded('named') });
    expect(outcome(answer)).toBe('invalid_client');
  });
});

describe('behind a proxy', () => {
  test.each([
    ['RFC 9440', () => forwarded('named')],
    ['PEM, escaped', () => encodeURIComponent(certificates.named?.pem ?? '')],
  ])('a trusted one forwards the certificate (%s)', async (_form, header) => {
    const answer = await post(proxied.url, form('named'), { 'client-cert': header() });
    expect((await verified(proxied, answer)).payload.cnf).toEqual({ 'x5t#S256': thumbprint('named') });
  });

  test('an untrusted one is not believed', async () => {
    const answer = await post(unproxied.url, form('named'), { 'client-cert': forwarded('named') });
    expect(outcome(answer)).toBe('invalid_client');
  });

  test.each(['forged', 'expired', 'forServers'])('the trusted one vouches for no %s certificate', async (shown) => {
    const answer = await post(proxied.url, form('named'), { 'client-cert': forwarded(shown) });
    expect(outcome(answer)).toBe('invalid_client');
  });

  test('two certificates are none, however they are put together', async () => {
    const { request } = await import('node:http');
    const pem = encodeURIComponent(certificates.named?.pem ?? '');
    const statuses = [
      [forwarded('named'), forwarded('own')],
      [pem, pem],
      [`${pem}, ${pem}`],
      [`${forwarded('named')}, ${forwarded('own')}`],
      [pem + pem],
    ].map(
      (values) =>
        new Promise((resolve, reject) => {
          const asked = request(`${proxied.url}/token`, { method: 'POST' }, (response) => {
            response.resume();
            resolve(response.statusCode);
          });
          asked.setHeader('content-type', 'application/x-www-form-urlencoded');
          asked.setHeader('client-cert', values);
          asked.on('error', reject).end(form('named').toString());
        }),
    );
    expect(await Promise.all(statuses)).toEqual(Array(5).fill(401));
  });

  test.each(['', 'x', '::', ':AAAA:', '%E0%A4%A'])('a broken header %j is no certificate', async (header) => {
    expect(outcome(await post(proxied.url, form('named'), { 'client-cert': header }))).toBe('invalid_client');
  });
});
