import type { CertificateAttribute, Messages, PartnerAuthentication } from '../partner.ts';
import { readCertificate, readKeys } from './keys.ts';
import type { Judgement } from './partner.ts';
import type { Place, YamlReader } from './yaml-reader.ts';

// VSCHAR of RFC 6749, appendix A.2, without the space.
const secret = /^[\x21-\x7e]{8,256}$/;
const variable = /^\$\{([A-Za-z_][A-Za-z0-9_]*)\}$/;

const methods = [
  'private_key_jwt',
  'tls_client_auth',
  'self_signed_tls_client_auth',
  'client_secret_basic',
  'none',
] as const;
const attributes: readonly CertificateAttribute[] = ['subject_dn', 'san_dns', 'san_uri', 'san_ip', 'san_email'];

const shapes = {
  secret: {
    vi: `chuỗi 8–256 ký tự ASCII không dấu cách, hoặc \${TÊN_BIẾN_MÔI_TRƯỜNG}`,
    en: `a string of 8 to 256 ASCII characters without spaces, or \${ENVIRONMENT_VARIABLE}`,
  },
  match: { vi: 'giá trị in được, không rỗng', en: 'a printable value, not empty' },
} satisfies Record<string, Messages>;

/** How the partner proves who it is. The keys of the mapping follow from its `method`. */
export function readAuthentication(
  reader: YamlReader,
  place: Place,
  { env, admittedAt }: Judgement,
): PartnerAuthentication | undefined {
  const methodAt = reader.entries(place)?.get('method');
  if (!methodAt) return reader.problem(place, 'thiếu khoá "method"', 'the key "method" is missing');
  const method = reader.word(methodAt, methods);
  const only = (key: string): Place | undefined => reader.record(place, ['method', key])?.get(key);
  switch (method) {
    case 'private_key_jwt': {
      const at = only('keys');
      const keys = at && readKeys(reader, at);
      return keys && { method, keys };
    }
    case 'tls_client_auth': {
      const at = only('match');
      const match = at && readMatch(reader, at);
      return match && { method, match };
    }
    case 'self_signed_tls_client_auth': {
      const at = only('certificates');
      const items = at && reader.list(at);
      const certificates = items?.map((item) => readCertificate(reader, item, admittedAt));
      return certificates?.every((certificate) => certificate !== undefined) ? { method, certificates } : undefined;
    }
    case 'client_secret_basic': {
      const at = only('secret');
      const value = at && readSecret(reader, at, env);
      return value === undefined ? undefined : { method, secret: value };
    }
    case 'none':
      return reader.record(place, ['method']) && { method };
    default:
      return undefined;
  }
}

function readMatch(reader: YamlReader, place: Place) {
  const entry = reader.record(place, ['attribute', 'value']);
  const [attributeAt, valueAt] = ['attribute', 'value'].map((key) => entry?.get(key));
  const attribute = attributeAt && reader.word(attributeAt, attributes);
  const value = valueAt && reader.text(valueAt, /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]{1,512}$/u, shapes.match);
  return attribute && value ? { attribute, value } : undefined;
}

function readSecret(reader: YamlReader, place: Place, env: NodeJS.ProcessEnv): string | undefined {
  const value = reader.text(place, secret, shapes.secret);
  const name = value && variable.exec(value)?.[1];
  if (!name) return value;
  const substituted = env[name];
  if (substituted === undefined) {
    return reader.problem(place, `biến môi trường ${name} chưa được đặt`, `environment variable ${name} is not set`);
  }
  if (secret.test(substituted)) return substituted;
  return reader.problem(
    place,
    `giá trị của ${name} phải là ${shapes.secret.vi}`,
    `${name} must be ${shapes.secret.en}`,
  );
}
