import { createPublicKey, type JsonWebKey, type KeyObject, X509Certificate } from 'node:crypto';
import type { JWK } from 'jose';
import type { Place, YamlReader } from './yaml-reader.ts';

/** RFC 7518 §6: what only the owner of a key may know, and symmetric keys as a whole. */
const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];
/** Bits; NIST SP 800-131A. */
const leastModulus = 2048;

/** What the issuer verifies with a key of each kind. */
const kinds = [
  { alg: 'ES256', members: ['kty', 'crv', 'x', 'y'], fits: ({ kty, crv }: JWK) => kty === 'EC' && crv === 'P-256' },
  { alg: 'PS256', members: ['kty', 'n', 'e'], fits: ({ kty }: JWK) => kty === 'RSA' },
  { alg: 'EdDSA', members: ['kty', 'crv', 'x'], fits: ({ kty, crv }: JWK) => kty === 'OKP' && crv === 'Ed25519' },
];

/** Public keys with kids of their own; reduced to what a public key consists of. */
export function readKeys(reader: YamlReader, place: Place): JWK[] | undefined {
  const keys: JWK[] = [];
  const items = reader.list(place) ?? [];
  for (const item of items) {
    const key = readKey(reader, item);
    if (!key) continue;
    if (keys.some(({ kid }) => kid === key.kid)) {
      reader.problem(item, 'kid này đã có ở trên; mỗi khoá một kid', 'this kid is listed above already; one kid a key');
    }
    keys.push(key);
  }
  return keys.length > 0 && keys.length === items.length ? keys : undefined;
}

function readKey(reader: YamlReader, place: Place): JWK | undefined {
  const jwk: unknown = reader.plain(place);
  if (!isJwk(jwk)) return reader.problem(place, 'phải là một JWK (RFC 7517)', 'must be a JWK (RFC 7517)');
  const { kid, use, alg } = jwk;
  if (privateMembers.some((member) => member in jwk)) {
    return reader.problem(
      place,
      'đây là khoá RIÊNG, nay coi như đã lộ: đối tác phải tạo khoá mới (lienthong partner keygen) và chỉ gửi khoá công khai',
      'this is a PRIVATE key, to be taken for leaked: the partner makes a new one (lienthong partner keygen) and sends the public key only',
    );
  }
  if (typeof kid !== 'string' || !/^[\x21-\x7e]{1,128}$/.test(kid)) {
    return reader.problem(place, 'thiếu kid (1–128 ký tự ASCII)', 'needs a kid (1 to 128 ASCII characters)');
  }
  const kind = kinds.find(({ fits }) => fits(jwk));
  if (!kind || (alg !== undefined && alg !== kind.alg) || (use !== undefined && use !== 'sig')) {
    return reader.problem(
      place,
      'phải là khoá ký EC P-256 (ES256), RSA (PS256) hoặc Ed25519 (EdDSA)',
      'must be a signature key: EC P-256 (ES256), RSA (PS256) or Ed25519 (EdDSA)',
    );
  }
  const material = Object.fromEntries(kind.members.map((member) => [member, jwk[member]]));
  const imported = importPublic(material);
  if (!imported) return reader.problem(place, 'không phải khoá công khai hợp lệ', 'is no valid public key');
  if (!isLongEnough(imported)) {
    return reader.problem(
      place,
      `khoá RSA phải dài ít nhất ${leastModulus} bit`,
      `an RSA key must have at least ${leastModulus} bits`,
    );
  }
  return { ...(material as JWK), kid, alg: kind.alg, use: 'sig' };
}

/** A client certificate in PEM, answered in its one canonical spelling. */
export function readCertificate(reader: YamlReader, place: Place, admittedAt: number | undefined): string | undefined {
  const pem: unknown = reader.plain(place);
  if (typeof pem === 'string' && pem.includes('PRIVATE KEY')) {
    return reader.problem(
      place,
      'có khoá RIÊNG, nay coi như đã lộ: đối tác phải tạo khoá và chứng thư mới, và chỉ gửi chứng thư',
      'holds a PRIVATE key, to be taken for leaked: the partner makes a new key and certificate and sends the certificate only',
    );
  }
  const certificate = typeof pem === 'string' ? parseCertificate(pem) : undefined;
  if (!certificate) {
    return reader.problem(place, 'phải là một chứng thư X.509 dạng PEM', 'must be one X.509 certificate in PEM');
  }
  if (!isLongEnough(certificate.publicKey)) {
    return reader.problem(
      place,
      `khoá của chứng thư phải là EC P-256 trở lên, Ed25519 hoặc RSA từ ${leastModulus} bit`,
      `the certificate's key must be EC P-256 or larger, Ed25519, or RSA of ${leastModulus} bits or more`,
    );
  }
  if (admittedAt !== undefined && Date.parse(certificate.validTo) <= admittedAt) {
    return reader.problem(place, 'chứng thư đã hết hạn', 'the certificate has expired');
  }
  return certificate.toString();
}

type UnknownJwk = JWK & Readonly<Record<string, unknown>>;

const isJwk = (value: unknown): value is UnknownJwk => typeof value === 'object' && value !== null && 'kty' in value;

function importPublic(jwk: JsonWebKey): KeyObject | undefined {
  try {
    return createPublicKey({ key: jwk, format: 'jwk' });
  } catch {
    return undefined;
  }
}

function parseCertificate(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

const curves = ['prime256v1', 'secp384r1', 'secp521r1'];

function isLongEnough({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): boolean {
  if (asymmetricKeyType === 'ec') return curves.includes(asymmetricKeyDetails?.namedCurve ?? '');
  if (asymmetricKeyType === 'ed25519') return true;
  if (asymmetricKeyType !== 'rsa' && asymmetricKeyType !== 'rsa-pss') return false;
  return (asymmetricKeyDetails?.modulusLength ?? 0) >= leastModulus;
}
