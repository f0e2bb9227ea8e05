import { readFileSync } from 'node:fs';
import type { Messages } from '../errors.ts';
import { RegistryError } from './problem.ts';
import { type Place, YamlReader } from './reader.ts';
import type { ClientGrant, RegisteredClient, RegisteredPurpose, Registry } from './types.ts';

const clientId = /^[a-z0-9][a-z0-9-]{0,62}$/;
const code = /^[A-Z][A-Z0-9_]{0,31}$/;
const scope = /^[a-z]+(:[a-z]+){1,3}$/;
const selfScope = /:self:/;
// Opaque to the gateway; one printable word, because it becomes a claim and a column of every ledger.
const org = /^[\x21-\x7e]{1,64}$/;
// VSCHAR of RFC 6749, appendix A.2, without the space.
const secret = /^[\x21-\x7e]{8,256}$/;
const variable = /^\$\{([A-Za-z_][A-Za-z0-9_]*)\}$/;
const grants: readonly ClientGrant[] = ['client-credentials', 'development-login'];

const shapes = {
  name: { vi: 'tên không rỗng', en: 'a name, not empty' },
  code: { vi: 'mã viết hoa như TTHC', en: 'a code in capitals such as TTHC' },
  scope: { vi: 'phạm vi như citizens:basic:read', en: 'a scope such as citizens:basic:read' },
  org: { vi: 'mã cơ quan như H48.53', en: 'an agency code such as H48.53' },
  secret: {
    vi: `chuỗi 8–256 ký tự ASCII không dấu cách, hoặc \${TÊN_BIẾN_MÔI_TRƯỜNG}`,
    en: `a string of 8 to 256 ASCII characters without spaces, or \${ENVIRONMENT_VARIABLE}`,
  },
  grant: { vi: grants.join(' hoặc '), en: grants.join(' or ') },
} satisfies Record<string, Messages>;

/**
 * Reads the partner registry. Unknown keys, unknown shapes and a missing environment variable are refused.
 *
 * @throws RegistryError with file, line and key of every fault
 */
export function loadRegistry(file: string, env: NodeJS.ProcessEnv = process.env): Registry {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    const vi = 'không đọc được tệp; đặt ISSUER_REGISTRY là đường dẫn của sổ đăng ký đối tác';
    const en = 'cannot be read; set ISSUER_REGISTRY to the path of the partner registry';
    throw new RegistryError(file, [{ line: 1, key: '(file)', messages: { vi, en } }]);
  }
  return parseRegistry(text, file, env);
}

/** Parses a registry from its text; `file` is named in the problems. */
export function parseRegistry(text: string, file: string, env: NodeJS.ProcessEnv): Registry {
  const reader = new YamlReader(text);
  if (reader.problems.length > 0) throw new RegistryError(file, reader.problems);
  const clients = new Map<string, RegisteredClient>();
  const listed = reader.record(reader.top, ['clients'])?.get('clients');
  for (const [id, place] of (listed && reader.entries(listed)) ?? []) {
    const client = readClient(reader, id, place, env);
    if (client) clients.set(id, client);
  }
  if (listed && clients.size === 0 && reader.problems.length === 0) {
    reader.problem(listed, 'phải có ít nhất một ứng dụng', 'must hold at least one client');
  }
  if (reader.problems.length > 0) throw new RegistryError(file, reader.problems);
  return { file, clients };
}

function readClient(
  reader: YamlReader,
  id: string,
  place: Place,
  env: NodeJS.ProcessEnv,
): RegisteredClient | undefined {
  if (!clientId.test(id)) {
    reader.problem(
      place,
      'mã ứng dụng chỉ gồm chữ thường, số và dấu gạch nối',
      'a client id has small letters, digits and hyphens only',
    );
  }
  const entry = reader.record(place, ['name', 'org', 'secret', 'purposes'], ['grant']);
  if (!entry) return undefined;
  const read = <T>(key: string, parse: (place: Place) => T | undefined): T | undefined => {
    const found = entry.get(key);
    return found && parse(found);
  };
  const grant = entry.has('grant') ? read('grant', (at) => readGrant(reader, at)) : 'client-credentials';
  const client = {
    id,
    name: read('name', (at) => readName(reader, at)),
    org: read('org', (at) => reader.text(at, org, shapes.org)),
    grant,
    secret: read('secret', (at) => readSecret(reader, at, env)),
    purposes: read('purposes', (at) => readPurposes(reader, at, grant)),
  };
  const { name, org: agency, secret: key, purposes } = client;
  const [first, ...others] = purposes ?? [];
  if (!name || !agency || !grant || !key || !first) return undefined;
  return { id, name, org: agency, grant, secret: key, purposes: [first, ...others] };
}

function readGrant(reader: YamlReader, place: Place): ClientGrant | undefined {
  const value = reader.text(place, /^(client-credentials|development-login)$/, shapes.grant);
  return grants.find((grant) => grant === value);
}

function readName(reader: YamlReader, place: Place): Messages | undefined {
  const entry = reader.record(place, ['vi', 'en']);
  const [vi, en] = ['vi', 'en'].map((language) => {
    const at = entry?.get(language);
    return at && reader.text(at, /\S/, shapes.name);
  });
  return vi && en ? { vi, en } : undefined;
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

function readPurposes(reader: YamlReader, place: Place, grant: ClientGrant | undefined): RegisteredPurpose[] {
  const purposes: RegisteredPurpose[] = [];
  for (const item of reader.list(place) ?? []) {
    const entry = reader.record(item, ['purpose', 'legalBasis', 'scopes']);
    const [purposeAt, basisAt, scopesAt] = ['purpose', 'legalBasis', 'scopes'].map((key) => entry?.get(key));
    const purpose = purposeAt && reader.text(purposeAt, code, shapes.code);
    const legalBasis = basisAt && reader.text(basisAt, code, shapes.code);
    const scopes = scopesAt && readScopes(reader, scopesAt, grant);
    if (purposeAt && purposes.some((other) => other.purpose === purpose)) {
      reader.problem(purposeAt, 'mục đích này đã đăng ký ở trên', 'this purpose is registered above already');
    }
    if (purpose && legalBasis && scopes) purposes.push({ purpose, legalBasis, scopes });
  }
  return purposes;
}

function readScopes(reader: YamlReader, place: Place, grant: ClientGrant | undefined): string[] {
  const scopes: string[] = [];
  for (const item of reader.list(place) ?? []) {
    const value = reader.text(item, scope, shapes.scope);
    if (!value) continue;
    if (scopes.includes(value)) {
      reader.problem(item, 'phạm vi này đã có ở trên', 'this scope is listed above already');
    }
    // Authorization rule 1.10: a citizen's token carries self scopes alone, and nobody else's carries any.
    if (selfScope.test(value) !== (grant === 'development-login')) {
      reader.problem(
        item,
        'phạm vi :self: chỉ dành cho (và là loại duy nhất của) ứng dụng đăng nhập công dân',
        ':self: scopes are for clients that log citizens in, and such clients may have no other',
      );
    }
    scopes.push(value);
  }
  return scopes;
}
