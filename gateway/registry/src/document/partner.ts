import type { Catalogue } from '@lienthong/schema/catalogue';
import {
  endOfDay,
  type Login,
  type Messages,
  type Partner,
  type PartnerAuthentication,
  type RegisteredPurpose,
} from '../partner.ts';
import type { PersistedDocument } from '../persisted-document.ts';
import { readAuthentication } from './authentication.ts';
import { readPersistedDocuments } from './persisted-documents.ts';
import { readPurposes } from './purposes.ts';
import type { Place, YamlReader } from './yaml-reader.ts';

/** What a registration is judged by. */
export interface Judgement {
  readonly catalogue: Catalogue;
  /** For `${VARIABLE}`. */
  readonly env: NodeJS.ProcessEnv;
  /** Milliseconds since the epoch, where the partner is being admitted: what has ended by then is refused. */
  readonly admittedAt?: number;
}

const clientId = /^[a-z0-9][a-z0-9-]{0,62}$/;
// Opaque to the gateway; one printable word, because it becomes a claim and a column of every ledger.
const org = /^[\x21-\x7e]{1,64}$/;
const email = /^[^\s@]{1,64}@[^\s@]{1,190}$/;
const phone = /^\+?[0-9 ().-]{6,31}$/;
const expiry = /^(never|\d{4}-\d{2}-\d{2})$/;

const required = ['name', 'org', 'contact', 'expires', 'authentication', 'purposes'];
const optional = [
  'status',
  'bound',
  'hideDenied',
  'persistedDocumentsOnly',
  'signedRequestsOnly',
  'documents',
  'login',
];

const shapes = {
  name: { vi: 'tên không rỗng', en: 'a name, not empty' },
  org: { vi: 'mã cơ quan như H48.53', en: 'an agency code such as H48.53' },
  email: { vi: 'địa chỉ thư điện tử', en: 'an email address' },
  phone: { vi: 'số điện thoại như +84 255 382 2222', en: 'a phone number such as +84 255 382 2222' },
  expiry: { vi: 'ngày như 2027-12-31, hoặc never', en: 'a date such as 2027-12-31, or never' },
  uri: {
    vi: 'địa chỉ https đầy đủ (http chỉ cho loopback), không có phần # hay tên người dùng',
    en: 'a whole https address (http for loopback only), without fragment or user name',
  },
} satisfies Record<string, Messages>;

/** One entry of the registry; undefined where the reader has recorded a problem. */
export function readPartner(
  reader: YamlReader,
  client: string,
  place: Place,
  judgement: Judgement,
): Partner | undefined {
  if (!clientId.test(client)) {
    reader.problem(
      place,
      'mã ứng dụng chỉ gồm chữ thường, số và dấu gạch nối',
      'a client id has small letters, digits and hyphens only',
    );
  }
  const entry = reader.record(place, required, optional);
  if (!entry) return undefined;
  const read = <T>(key: string, parse: (at: Place) => T | undefined): T | undefined => {
    const at = entry.get(key);
    return at && parse(at);
  };
  const readOr = <T>(key: string, absent: T, parse: (at: Place) => T | undefined): T | undefined =>
    entry.has(key) ? read(key, parse) : absent;

  const login = read('login', (at) => readLogin(reader, at));
  const parts = {
    name: read('name', (at) => readName(reader, at)),
    org: read('org', (at) => reader.text(at, org, shapes.org)),
    contact: read('contact', (at) => readContact(reader, at)),
    expires: read('expires', (at) => readExpiry(reader, at, judgement)),
    authentication: read('authentication', (at) => readAuthentication(reader, at, judgement)),
    purposes: read('purposes', (at) => readPurposes(reader, at, login?.of === 'citizens', judgement.catalogue)),
    status: readOr('status', 'active', (at) => reader.word(at, ['active', 'suspended'])),
    // Bound unless somebody decided otherwise: a stolen token is then worth nothing (RFC 9700 §2.2.1).
    bound: readOr('bound', 'dpop', (at) => reader.word(at, ['dpop', 'mtls', 'none'])),
    hideDenied: readOr('hideDenied', false, (at) => reader.flag(at)),
    persistedDocumentsOnly: readOr('persistedDocumentsOnly', false, (at) => reader.flag(at)),
    signedRequestsOnly: readOr('signedRequestsOnly', false, (at) => reader.flag(at)),
  };
  if (parts.signedRequestsOnly && parts.authentication && !canSignRequests(parts.authentication)) {
    reader.problem(
      entry.get('signedRequestsOnly') ?? place,
      'cần xác thực bằng private_key_jwt với ít nhất một khoá ES256 hoặc EdDSA để kiểm tra chữ ký',
      'needs authentication by private_key_jwt with at least one key of ES256 or EdDSA to verify signatures with',
    );
  }
  if (parts.authentication?.method === 'none' && !entry.has('login')) {
    reader.problem(
      place,
      'ứng dụng không xác thực (method: none) chỉ để người dùng đăng nhập; cần khoá login',
      'a client that proves nothing (method: none) can only log persons in; it needs the key login',
    );
  }
  const { expires, purposes, ...others } = parts;
  const [first, ...more] = purposes ?? [];
  if (!isComplete(others) || expires === undefined || first === undefined) return undefined;
  if (entry.has('login') && login === undefined) return undefined;
  const documents = read('documents', (at) => readOwnDocuments(reader, at, purposes ?? []));
  return {
    client,
    ...others,
    expires: expires === 'never' ? null : expires,
    purposes: [first, ...more],
    ...(documents === undefined || documents.length === 0 ? {} : { documents }),
    ...(login === undefined ? {} : { login }),
  };
}

/** PS256 is none of the algorithms of HTTP message signatures (RFC 9421 §3.3). */
const canSignRequests = (authentication: PartnerAuthentication): boolean =>
  authentication.method === 'private_key_jwt' && authentication.keys.some(({ kty }) => kty === 'EC' || kty === 'OKP');

/** Documents of one partner: what it may not ask for at all needs none. */
function readOwnDocuments(
  reader: YamlReader,
  place: Place,
  purposes: readonly RegisteredPurpose[],
): readonly PersistedDocument[] {
  const known = purposes.map(({ purpose }) => purpose);
  return readPersistedDocuments(reader, place).map(({ document, place: at, more }) => {
    if (document.purpose === null || !known.includes(document.purpose)) {
      const all = known.join(', ');
      reader.problem(
        more.get('purpose') ?? at,
        `đối tác không đăng ký mục đích này; có: ${all}`,
        `the partner is not registered for this purpose; it is for: ${all}`,
      );
    }
    return document;
  });
}

const isComplete = <T extends object>(parts: T): parts is { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.values(parts).every((part) => part !== undefined);

function readName(reader: YamlReader, place: Place): Messages | undefined {
  const entry = reader.record(place, ['vi', 'en']);
  const [vi, en] = ['vi', 'en'].map((language) => {
    const at = entry?.get(language);
    return at && reader.text(at, /\S/, shapes.name);
  });
  return vi && en ? { vi, en } : undefined;
}

function readContact(reader: YamlReader, place: Place): Partner['contact'] | undefined {
  const entry = reader.record(place, ['name', 'email'], ['phone']);
  const text = (key: string, pattern: RegExp, shape: Messages) => {
    const at = entry?.get(key);
    return at && reader.text(at, pattern, shape);
  };
  const name = text('name', /\S/, shapes.name);
  const address = text('email', email, shapes.email);
  const number = text('phone', phone, shapes.phone);
  return name && address ? { name, email: address, ...(number === undefined ? {} : { phone: number }) } : undefined;
}

function readExpiry(reader: YamlReader, place: Place, { admittedAt }: Judgement): string | undefined {
  const value = reader.text(place, expiry, shapes.expiry);
  if (value === undefined || value === 'never') return value;
  const end = endOfDay(value);
  // JavaScript takes 2026-02-30 for a day in March.
  if (Number.isNaN(end) || new Date(`${value}T00:00:00Z`).toISOString().slice(0, 10) !== value) {
    return reader.problem(place, `phải là ${shapes.expiry.vi}`, `must be ${shapes.expiry.en}`);
  }
  if (admittedAt === undefined || end > admittedAt) return value;
  return reader.problem(
    place,
    'đã hết hạn; ghi một ngày trong tương lai',
    'has passed already; write a day in the future',
  );
}

function readLogin(reader: YamlReader, place: Place): Login | undefined {
  const entry = reader.record(place, ['of', 'redirectUris']);
  const [ofAt, urisAt] = ['of', 'redirectUris'].map((key) => entry?.get(key));
  const of = ofAt && reader.word(ofAt, ['citizens', 'officers']);
  const items = urisAt && reader.list(urisAt, { empty: of === 'citizens' });
  const redirectUris = items?.map((item) => readRedirectUri(reader, item));
  return of && redirectUris?.every((uri) => uri !== undefined) ? { of, redirectUris } : undefined;
}

const loopback = ['127.0.0.1', 'localhost', '[::1]'];

/** Compared exactly by the issuer (RFC 9700 §2.1), so no pattern and no other spelling. */
function readRedirectUri(reader: YamlReader, place: Place): string | undefined {
  const value = reader.text(place, /^[\x21-\x7e]{1,512}$/, shapes.uri);
  if (value === undefined) return undefined;
  const url = URL.canParse(value) ? new URL(value) : undefined;
  const safe = url?.protocol === 'https:' || (url?.protocol === 'http:' && loopback.includes(url.hostname));
  if (url && safe && !value.includes('#') && !value.includes('*') && url.username === '' && url.password === '') {
    return value;
  }
  return reader.problem(place, `phải là ${shapes.uri.vi}`, `must be ${shapes.uri.en}`);
}
