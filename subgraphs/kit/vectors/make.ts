// Writes docs/departments/vectors.json with a new key, of which only the public half is kept, and the page's list of them.
import { createHash, createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { listed, type Vector, type Vectors, withList } from './page.ts';

const FILE = new URL('../../../docs/departments/vectors.json', import.meta.url);
const PAGE = new URL('../../../docs/departments/verifying.md', import.meta.url);

const TIME = 1_768_446_000;
const KID = 'gateway-2026-01';
const BODY = '{"query":"{ facilities(commune: \\"21289\\") { name } }","note":"Quảng Ngãi"}';
const CERTIFICATE = createHash('sha256').update('the certificate of the gateway').digest('base64url');
const OTHER_CERTIFICATE = createHash('sha256').update('another certificate').digest('base64url');

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const { privateKey: otherKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const jwk = publicKey.export({ format: 'jwk' });

type Json = Readonly<Record<string, unknown>>;

const encode = (value: Json): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const hash = (body: string): string => createHash('sha256').update(body).digest('base64url');
const present = (value: Json): Json => Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined));

let serial = 0;
const proper = (): Json => {
  serial += 1;
  return {
    iss: 'urn:gateway',
    aud: 'urn:subgraph:health',
    iat: TIME,
    exp: TIME + 30,
    jti: `token-${serial}`,
    req: `request-${serial}`,
    bh: hash(BODY),
    iss_user: 'https://idp.tinh.example',
    sub: 'officer-17',
    client_id: 'mot-cua',
    act: { sub: 'urn:gateway', act: { sub: 'mot-cua' } },
    org: 'H48.53',
    purpose: 'TTHC',
    legal_basis: '278',
    case_id: 'H48.53-260115-0001',
    scope: 'health:insurance:read health:immunization:read',
  };
};
const CALLER = {
  issuer: 'https://idp.tinh.example',
  subject: 'officer-17',
  clientId: 'mot-cua',
  org: 'H48.53',
  purpose: 'TTHC',
  legalBasis: '278',
  caseId: 'H48.53-260115-0001',
  scopes: ['health:insurance:read', 'health:immunization:read'],
};
const HEADER: Json = { alg: 'ES256', typ: 'gw-internal+jwt', kid: KID };
const JOSE = 'ieee-p1363';

const signed = (claims: Json, header: Json = {}, key = privateKey, dsaEncoding: 'der' | typeof JOSE = JOSE): string => {
  const input = `${encode(present({ ...HEADER, ...header }))}.${encode(present(claims))}`;
  return `${input}.${sign('sha256', Buffer.from(input), { key, dsaEncoding }).toString('base64url')}`;
};

type Wanted = Vector['expected'];
const refused = (reason: string): Wanted => ({ status: 401, reason });
const accepted = (caller: Json = CALLER): ((claims: Json) => Wanted) => {
  return ({ req }) => ({ status: 200, requestId: typeof req === 'string' ? req : 'from-the-header', caller });
};

const HERE = { loopback: true, encrypted: false, certificate: null };
const ELSEWHERE = { loopback: false, encrypted: false, certificate: null };
const tls = (certificate: string | null) => ({ loopback: false, encrypted: true, certificate });

const vectors: Vector[] = [];
const add = (name: string, authorization: string | null, expected: Wanted, more: Partial<Vector> = {}) => {
  const headers = { authorization, 'x-request-id': 'from-the-header' };
  vectors.push({ name, binding: 'body', channel: ELSEWHERE, headers, body: BODY, expected, ...more });
};
/** A token that differs from a proper one by these claims and this header. */
const differing = (
  name: string,
  change: Json,
  expected: Wanted | ((claims: Json) => Wanted),
  { header = {}, ...more }: Partial<Vector> & { readonly header?: Json } = {},
) => {
  const claims = { ...proper(), ...change };
  const wanted = typeof expected === 'function' ? expected(claims) : expected;
  add(name, `Bearer ${signed(claims, header)}`, wanted, more);
};

differing('a proper request', {}, accepted());
add('the same once more', vectors[0]?.headers.authorization ?? null, refused('replayed'));
const nobody = { iss_user: undefined, sub: undefined, client_id: undefined, org: undefined, purpose: undefined };
differing(
  'a caller without an access token',
  { ...nobody, act: { sub: 'urn:gateway' }, legal_basis: undefined, case_id: undefined, scope: '' },
  accepted({ subject: 'anonymous', clientId: 'anonymous', scopes: [] }),
);
differing('a logged-in citizen', { citizen: 'k1.abc', sub: 'p', scope: '' }, (claims) =>
  accepted({ ...CALLER, subject: 'p', citizen: 'k1.abc', scopes: [] })(claims),
);
differing('claims that are not known', { extra: { a: 1 } }, accepted());
differing('no `iss`', { iss: undefined }, accepted());
differing('a `scope` that is no string grants nothing', { scope: ['a'] }, accepted({ ...CALLER, scopes: [] }));

add('no token', null, refused('missing'));
add('another scheme', 'Basic YTpi', refused('malformed'));
add('a token that is none', 'Bearer a.b.c', refused('malformed'));
differing('one byte more in the body', {}, refused('body'), { body: `${BODY}\n` });
differing(
  'the hash of the text in another encoding',
  { bh: createHash('sha256').update(BODY, 'latin1').digest('base64url') },
  refused('body'),
);
differing('the type of an access token', {}, refused('type'), { header: { typ: 'at+jwt' } });
differing('no type', {}, refused('type'), { header: { typ: undefined } });
differing('a critical header that nobody knows', {}, refused('algorithm'), { header: { crit: ['x'], x: 1 } });
add('`alg: none`', `Bearer ${encode({ ...HEADER, alg: 'none' })}.${encode(proper())}.`, refused('algorithm'));
const hmacInput = `${encode({ ...HEADER, alg: 'HS256' })}.${encode(proper())}`;
const secret = publicKey.export({ type: 'spki', format: 'pem' });
add(
  'HS256 with the public key as the secret',
  `Bearer ${hmacInput}.${createHmac('sha256', secret).update(hmacInput).digest('base64url')}`,
  refused('algorithm'),
);
differing('a key that the gateway does not publish', {}, refused('key'), { header: { kid: 'another' } });
add('signed by somebody else', `Bearer ${signed(proper(), {}, otherKey)}`, refused('signature'));
add('a signature in DER, not R and S', `Bearer ${signed(proper(), {}, privateKey, 'der')}`, refused('signature'));
differing('for another department', { aud: 'urn:subgraph:land' }, refused('audience'));
differing('for several', { aud: ['urn:subgraph:health', 'urn:subgraph:land'] }, refused('audience'));
differing('from another issuer', { iss: 'https://idp.tinh.example' }, refused('issuer'));
differing('expired 11 s ago', { iat: TIME - 41, exp: TIME - 11 }, refused('expired'));
differing('expired 9 s ago', { iat: TIME - 39, exp: TIME - 9 }, accepted());
differing('made in 11 s', { iat: TIME + 11, exp: TIME + 41 }, refused('not_yet_valid'));
differing('made in 9 s', { iat: TIME + 9, exp: TIME + 39 }, accepted());
differing('lives for 61 s', { exp: TIME + 61 }, refused('lifetime'));
for (const claim of ['iat', 'exp', 'jti', 'req', 'bh']) {
  differing(`no \`${claim}\``, { [claim]: undefined }, refused('claims'));
}
differing('a purpose that is no string', { purpose: ['TTHC'] }, refused('claims'));

const unbound = { jti: undefined, req: undefined, bh: undefined };
const bound = { ...unbound, cnf: { 'x5t#S256': CERTIFICATE } };
const channel = (at: Vector['channel']) => ({ binding: 'channel', channel: at }) as const;
differing('a token of the channel where the body must be bound', unbound, refused('claims'), { channel: HERE });
differing('a token of the channel', unbound, accepted(), channel(HERE));
add(
  'the same once more',
  vectors.at(-1)?.headers.authorization ?? null,
  vectors.at(-1)?.expected ?? refused(''),
  channel(HERE),
);
differing('a token of the channel', unbound, refused('channel'), channel(ELSEWHERE));
differing('a token of the channel without `cnf`', unbound, refused('channel'), channel(tls(CERTIFICATE)));
differing('a token of this certificate', bound, accepted(), channel(tls(CERTIFICATE)));
differing('a token of another certificate', bound, refused('channel'), channel(tls(OTHER_CERTIFICATE)));
differing('a token of a certificate', bound, refused('channel'), channel(tls(null)));
differing('a token of a certificate', bound, refused('channel'), channel(HERE));
differing(
  'a token of the channel that lives for 31 s',
  { ...unbound, exp: TIME + 31 },
  refused('lifetime'),
  channel(HERE),
);
differing('a token of the channel with a `jti`', { ...unbound, jti: 'a' }, refused('claims'), channel(HERE));
differing('bound to the body', {}, accepted(), channel(ELSEWHERE));
differing('bound to another body', {}, refused('body'), { ...channel(HERE), body: '{}' });

const file: Vectors = {
  about: 'Internal tokens of the gateway and what a department must say to each. See verifying.md beside this file.',
  department: 'health',
  time: TIME,
  jwks: { keys: [{ ...jwk, kid: KID, alg: 'ES256', use: 'sig' }] },
  vectors,
};
writeFileSync(FILE, `${JSON.stringify(file, null, 2)}\n`);
writeFileSync(PAGE, withList(readFileSync(PAGE, 'utf8'), listed(file)));
