import './reflect.ts';

import { createHash, createPrivateKey, type KeyObject, randomBytes, sign, webcrypto } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { Extension } from '@peculiar/x509';

// Not by a static import: jest runs CommonJS while it still links, before any module above.
const x509 = await import('@peculiar/x509');
x509.cryptoProvider.set(webcrypto as unknown as Parameters<typeof x509.cryptoProvider.set>[0]);

/** What an authority does wrong. Nothing: it is in order. */
export interface Misbehaviour {
  /** HTTP. */
  readonly answer?: 'garbage' | 'hang' | 'huge' | 'slow' | 'status' | 'type' | 'redirect' | 'nothing';
  readonly status?: number;
  readonly nonce?: 'other' | 'none';
  readonly imprint?: 'other' | 'sha1';
  readonly policy?: string;
  /** Milliseconds by which its clock is ahead. */
  readonly ahead?: number;
  readonly signer?: Signer;
  /** Without the certificate of the authority between; with many that certify each other. */
  readonly chain?: 'short' | 'crowd';
  /** A signature over something else; a certificate of the same key put in place of the one that is named. */
  readonly signature?: 'other' | 'otherDigest' | 'otherCertificate' | 'noCertificate' | 'unnamedCertificate';
}

type Signer =
  | 'good'
  | 'expired'
  | 'future'
  | 'noPurpose'
  | 'otherPurpose'
  | 'morePurposes'
  | 'notCritical'
  | 'authority'
  | 'noSignatures'
  | 'unknownExtension'
  | 'selfSigned'
  | 'otherAuthority'
  | 'belowNoAuthority'
  | 'belowExpired'
  | 'crowd';

export interface TimeStampAuthority {
  readonly url: string;
  /** Its root, in PEM. */
  readonly certificates: string;
  /** How often it was asked, and what the last request was. */
  readonly asked: number;
  readonly lastRequest: Buffer;
  /** From now on. */
  behave(misbehaviour: Misbehaviour): void;
  /** A token without the way over HTTP. */
  token(digest: Uint8Array, misbehaviour?: Misbehaviour): Promise<Buffer>;
  close(): Promise<void>;
}

const KEY = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const DAY = 86_400_000;
const POLICY = '1.3.6.1.4.1.32473.1';

/** A time stamp authority (RFC 3161) on this machine, with certificates of its own. */
export async function timeStampAuthority(): Promise<TimeStampAuthority> {
  const signers = await makeSigners();
  let misbehaviour: Misbehaviour = {};
  let asked = 0;
  let lastRequest: Buffer = Buffer.alloc(0);
  const server = createServer(async (request, response) => {
    asked += 1;
    lastRequest = await bodyOf(request);
    await answer(response, lastRequest, misbehaviour, signers);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/tsa`,
    certificates: signers.root,
    get asked() {
      return asked;
    },
    get lastRequest() {
      return lastRequest;
    },
    behave: (next) => {
      misbehaviour = next;
    },
    token: async (digest, how = {}) => tokenOf({ digest: Buffer.from(digest), nonce: undefined }, how, signers),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Identity {
  readonly certificate: Buffer;
  readonly key: KeyObject;
  /** Of the authority that certified it, as it is written. */
  readonly issuer: Buffer;
  readonly serial: Buffer;
}

interface Signers {
  readonly root: string;
  readonly below: ReadonlyMap<Signer, Buffer>;
  readonly by: ReadonlyMap<Signer, Identity>;
  /** Another certificate of the good one's key. */
  readonly twin: Identity;
  /** Certificates of one name and one key: each may have certified each. */
  readonly crowd: readonly Buffer[];
}

async function makeSigners(): Promise<Signers> {
  const root = await authority('root');
  const other = await authority('other root');
  const below = await authority('below', { by: root });
  const [expiredBelow, noAuthority] = [
    await authority('below', { by: root, days: -1 }),
    await authority('below', { by: root, isAuthority: false }),
  ];
  const purposes = (list: readonly string[], critical = true) =>
    new x509.ExtendedKeyUsageExtension([...list], critical);
  const stamping = purposes([x509.ExtendedKeyUsage.timeStamping]);
  const digital = new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true);
  const goodKeys = await newKeys();
  const good = await certified('TSA', below, [stamping, digital], { keys: goodKeys });
  const made: readonly (readonly [Signer, Promise<Identity>])[] = [
    ['expired', certified('TSA', below, [stamping], { days: -1 })],
    ['future', certified('TSA', below, [stamping], { from: 1 })],
    ['noPurpose', certified('TSA', below, [])],
    ['otherPurpose', certified('TSA', below, [purposes([x509.ExtendedKeyUsage.codeSigning])])],
    [
      'morePurposes',
      certified('TSA', below, [purposes([x509.ExtendedKeyUsage.timeStamping, x509.ExtendedKeyUsage.clientAuth])]),
    ],
    ['notCritical', certified('TSA', below, [purposes([x509.ExtendedKeyUsage.timeStamping], false)])],
    ['authority', certified('TSA', below, [stamping, new x509.BasicConstraintsExtension(true, 0, true)])],
    [
      'noSignatures',
      certified('TSA', below, [stamping, new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyEncipherment, true)]),
    ],
    [
      'unknownExtension',
      certified('TSA', below, [stamping, new x509.Extension('1.3.6.1.4.1.32473.9', true, new Uint8Array([5, 0]))]),
    ],
    ['selfSigned', certified('root', root, [stamping], { self: true })],
    ['otherAuthority', certified('TSA', other, [stamping])],
    ['belowNoAuthority', certified('TSA', noAuthority, [stamping])],
    ['belowExpired', certified('TSA', expiredBelow, [stamping])],
  ];
  const crowdKeys = await newKeys();
  const crowd = await Promise.all(Array.from({ length: 14 }, () => authority('crowd', { keys: crowdKeys })));
  const [ofCrowd = root] = crowd;
  return {
    crowd: crowd.map(({ certificate }) => raw(certificate)),
    root: root.certificate.toString('pem'),
    below: new Map<Signer, Buffer>([
      ['belowNoAuthority', raw(noAuthority.certificate)],
      ['belowExpired', raw(expiredBelow.certificate)],
      ['good', raw(below.certificate)],
    ]),
    by: new Map<Signer, Identity>([
      ['good', good],
      ['crowd', await certified('TSA', ofCrowd, [stamping])],
      ...(await Promise.all(made.map(async ([name, identity]) => [name, await identity] as const))),
    ]),
    twin: await certified('TSA', below, [stamping], { keys: goodKeys }),
  };
}

type Certificate = InstanceType<typeof x509.X509Certificate>;
type Keys = Awaited<ReturnType<typeof newKeys>>;
interface CertificateAuthority {
  readonly certificate: Certificate;
  readonly keys: Keys;
}

const newKeys = () => webcrypto.subtle.generateKey(KEY, true, ['sign', 'verify']);
const raw = (certificate: Certificate): Buffer => Buffer.from(certificate.rawData);
const validity = (days = 1, from = -3) => ({
  notBefore: new Date(Date.now() + from * DAY),
  notAfter: new Date(Date.now() + Math.max(days, from + 1) * DAY - (days < 0 ? DAY : 0)),
});

async function authority(
  name: string,
  {
    by,
    days,
    isAuthority = true,
    keys: given,
  }: { by?: CertificateAuthority; days?: number; isAuthority?: boolean; keys?: Keys } = {},
): Promise<CertificateAuthority> {
  const keys = given ?? (await newKeys());
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: `01${randomBytes(8).toString('hex')}`,
    subject: `CN=${name}`,
    issuer: by?.certificate.subject ?? `CN=${name}`,
    ...validity(days),
    publicKey: keys.publicKey,
    signingKey: by?.keys.privateKey ?? keys.privateKey,
    signingAlgorithm: KEY,
    extensions: isAuthority
      ? [
          new x509.BasicConstraintsExtension(true, given ? undefined : by ? 0 : 1, true),
          new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
        ]
      : [],
  });
  return { certificate, keys };
}

async function certified(
  name: string,
  by: CertificateAuthority,
  extensions: readonly Extension[],
  { days, from, keys: given, self = false }: { days?: number; from?: number; keys?: Keys; self?: boolean } = {},
): Promise<Identity> {
  const keys = given ?? (await newKeys());
  const serial = Buffer.concat([Buffer.of(1), randomBytes(8)]);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serial.toString('hex'),
    subject: `CN=${name}`,
    issuer: by.certificate.subject,
    ...validity(days, from),
    publicKey: keys.publicKey,
    signingKey: self ? keys.privateKey : by.keys.privateKey,
    signingAlgorithm: KEY,
    extensions: [...extensions],
  });
  const pkcs8 = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  return {
    certificate: raw(certificate),
    key: createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' }),
    issuer: Buffer.from(by.certificate.subjectName.toArrayBuffer()),
    serial,
  };
}

// DER, written without anything of what reads it.

const der = (tag: number, ...contents: readonly Uint8Array[]): Buffer => {
  const content = Buffer.concat(contents);
  const { length } = content;
  const written = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.of(tag, ...written), content]);
};
const sequence = (...contents: readonly Uint8Array[]): Buffer => der(0x30, ...contents);
const set = (...contents: readonly Uint8Array[]): Buffer => der(0x31, ...[...contents].sort(Buffer.compare));
const octets = (bytes: Uint8Array): Buffer => der(0x04, bytes);
const integer = (...bytes: readonly number[]): Buffer => der(0x02, Buffer.of(...bytes));
const oid = (written: string): Buffer => {
  const [first = 0, second = 0, ...rest] = written.split('.').map(Number);
  const base128 = (number: number): number[] =>
    number < 128 ? [number] : [...base128(Math.floor(number / 128)).map((each) => each | 0x80), number % 128];
  return der(0x06, Buffer.from([40 * first + second, ...rest].flatMap(base128)));
};
const NULL = Buffer.of(5, 0);
const SHA_256 = sequence(oid('2.16.840.1.101.3.4.2.1'), NULL);
const SHA_1 = sequence(oid('1.3.14.3.2.26'), NULL);
const generalizedTime = (at: Date): Buffer =>
  der(0x18, Buffer.from(`${at.toISOString().replace(/\D/g, '').slice(0, 14)}Z`));
const attribute = (id: string, value: Uint8Array): Buffer => sequence(oid(id), set(value));
const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();

interface Asked {
  readonly digest: Buffer;
  readonly nonce: Buffer | undefined;
}

function tokenOf({ digest, nonce }: Asked, how: Misbehaviour, { by, below, twin, crowd }: Signers): Buffer {
  const { signer = 'good', signature: wrong } = how;
  const identity = by.get(signer);
  if (identity === undefined) throw new TypeError('there is no such signer');
  const imprint = how.imprint === 'other' ? sha256(digest) : digest;
  const nonces =
    how.nonce === 'none' || nonce === undefined ? [] : [der(0x02, how.nonce === 'other' ? Buffer.of(7) : nonce)];
  const info = sequence(
    integer(1),
    oid(how.policy ?? POLICY),
    how.imprint === 'sha1' ? sequence(SHA_1, octets(imprint.subarray(0, 20))) : sequence(SHA_256, octets(imprint)),
    der(0x02, Buffer.concat([Buffer.of(1), randomBytes(7)])),
    generalizedTime(new Date(Date.now() + (how.ahead ?? 0))),
    sequence(integer(1)),
    ...nonces,
  );
  const named = wrong === 'otherCertificate' ? twin : identity;
  const attributes = [
    attribute('1.2.840.113549.1.9.3', oid('1.2.840.113549.1.9.16.1.4')),
    attribute('1.2.840.113549.1.9.4', octets(sha256(wrong === 'otherDigest' ? Buffer.from('x') : info))),
    ...(wrong === 'unnamedCertificate'
      ? []
      : [attribute('1.2.840.113549.1.9.16.2.47', sequence(sequence(sequence(octets(sha256(identity.certificate))))))]),
  ];
  const signed = set(...attributes);
  const signature = sign('sha256', wrong === 'other' ? Buffer.from('x') : signed, identity.key);
  const signerInfo = sequence(
    integer(1),
    sequence(named.issuer, der(0x02, named.serial)),
    SHA_256,
    Buffer.concat([Buffer.of(0xa0), signed.subarray(1)]),
    sequence(oid('1.2.840.10045.4.3.2')),
    octets(signature),
  );
  const between = below.get(signer) ?? below.get('good') ?? Buffer.alloc(0);
  const certificates = [
    ...(wrong === 'noCertificate' ? [] : [named.certificate]),
    ...(how.chain === 'short' ? [] : how.chain === 'crowd' ? crowd : [between]),
  ];
  const signedData = sequence(
    integer(3),
    set(SHA_256),
    sequence(oid('1.2.840.113549.1.9.16.1.4'), der(0xa0, octets(info))),
    der(0xa0, ...certificates),
    set(signerInfo),
  );
  return sequence(oid('1.2.840.113549.1.7.2'), der(0xa0, signedData));
}

/** The values inside of one, as far as requests have them. */
function inside(bytes: Buffer): { readonly tag: number; readonly content: Buffer }[] {
  const values = [];
  for (let at = 0; at < bytes.length; ) {
    const length = bytes[at + 1] ?? 0;
    values.push({ tag: bytes[at] ?? 0, content: bytes.subarray(at + 2, at + 2 + length) });
    at += 2 + length;
  }
  return values;
}

function readRequest(body: Buffer): Asked {
  const [, imprint, ...rest] = inside(inside(body)[0]?.content ?? Buffer.alloc(0));
  const digest = inside(imprint?.content ?? Buffer.alloc(0))[1]?.content ?? Buffer.alloc(0);
  return { digest, nonce: rest.find(({ tag }) => tag === 0x02)?.content };
}

async function answer(response: ServerResponse, body: Buffer, how: Misbehaviour, signers: Signers): Promise<void> {
  const reply = 'application/timestamp-reply';
  const granted = () => sequence(sequence(integer(0)), tokenOf(readRequest(body), how, signers));
  const send = (bytes: Uint8Array, { status = 200, type = reply } = {}) =>
    void response.writeHead(status, { 'content-type': type }).end(bytes);
  if (how.status !== undefined) return send(sequence(sequence(integer(how.status))));
  switch (how.answer) {
    case 'garbage':
      return send(randomBytes(900));
    case 'nothing':
      return send(Buffer.alloc(0));
    case 'status':
      return send(granted(), { status: 500 });
    case 'type':
      return send(granted(), { type: 'text/html' });
    case 'redirect':
      return void response.writeHead(307, { location: '/elsewhere' }).end();
    case 'huge':
      response.writeHead(200, { 'content-type': reply });
      for (let n = 0; n < 4_096 && !response.destroyed; n++) {
        if (!response.write(Buffer.alloc(64 * 1024))) await new Promise((next) => void setTimeout(next, 1));
      }
      return void response.end();
    case 'slow':
      response.writeHead(200, { 'content-type': reply });
      response.write(granted().subarray(0, 20));
      return;
    case 'hang':
      return;
    default:
      return send(granted());
  }
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}
