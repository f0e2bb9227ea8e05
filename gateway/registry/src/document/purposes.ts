import type { Catalogue } from '@lienthong/schema/catalogue';
import type { Allowance, Messages, Quota, RegisteredPurpose } from '../partner.ts';
import { parseDuration } from './duration.ts';
import type { Place, YamlReader } from './yaml-reader.ts';

const code = /^[A-Z][A-Z0-9_]{0,31}$/;
const scope = /^[a-z]+(:[a-z]+){1,3}$/;
const selfScope = /:self:/;

const shapes = {
  code: { vi: 'mã viết hoa như TTHC', en: 'a code in capitals such as TTHC' },
  scope: { vi: 'phạm vi như citizens:basic:read', en: 'a scope such as citizens:basic:read' },
  duration: { vi: 'khoảng thời gian như 1s, 1m, 1h, 1d', en: 'a duration such as 1s, 1m, 1h, 1d' },
} satisfies Record<string, Messages>;

/** The purposes of one partner, each within the law as the catalogue has it. `citizens`: the partner logs citizens in. */
export function readPurposes(
  reader: YamlReader,
  place: Place,
  citizens: boolean,
  catalogue: Catalogue,
): RegisteredPurpose[] {
  const purposes: RegisteredPurpose[] = [];
  for (const item of reader.list(place) ?? []) {
    const entry = reader.record(item, ['purpose', 'legalBasis', 'scopes'], ['quota']);
    const [purposeAt, basisAt, scopesAt, quotaAt] = ['purpose', 'legalBasis', 'scopes', 'quota'].map((key) =>
      entry?.get(key),
    );
    const purpose = purposeAt && reader.text(purposeAt, code, shapes.code);
    const legalBasis = basisAt && reader.text(basisAt, code, shapes.code);
    if (purposeAt && purposes.some((other) => other.purpose === purpose)) {
      reader.problem(purposeAt, 'mục đích này đã đăng ký ở trên', 'this purpose is registered above already');
    }
    const lawful = purposeAt && basisAt && purpose && legalBasis;
    const basis = lawful && isLawful(reader, { purposeAt, basisAt, purpose, legalBasis }, catalogue);
    const scopes = scopesAt && readScopes(reader, scopesAt, citizens, catalogue, basis ? legalBasis : undefined);
    const quota = quotaAt && readQuota(reader, quotaAt);
    if (!purpose || !legalBasis || !scopes) continue;
    purposes.push({ purpose, legalBasis, scopes, ...(quota === undefined ? {} : { quota }) });
  }
  return purposes;
}

/** Whether the purpose may rest on that basis. */
function isLawful(
  reader: YamlReader,
  at: { purposeAt: Place; basisAt: Place; purpose: string; legalBasis: string },
  { purposes, legalBases }: Catalogue,
): boolean {
  const entry = purposes.get(at.purpose);
  if (!entry) {
    const all = [...purposes.keys()].join(', ');
    reader.problem(
      at.purposeAt,
      `danh mục không có mục đích này; có: ${all}`,
      `is not in the catalogue; it has: ${all}`,
    );
  }
  if (!legalBases.has(at.legalBasis)) {
    const all = [...legalBases.keys()].join(', ');
    reader.problem(at.basisAt, `danh mục không có căn cứ này; có: ${all}`, `is not in the catalogue; it has: ${all}`);
    return false;
  }
  if (!entry || entry.legalBases.includes(at.legalBasis)) return true;
  const lawful = entry.legalBases.join(', ');
  reader.problem(
    at.basisAt,
    `mục đích ${at.purpose} không được dựa trên căn cứ này; được: ${lawful}`,
    `${at.purpose} may not rest on this basis; it may on: ${lawful}`,
  );
  return false;
}

function readScopes(
  reader: YamlReader,
  place: Place,
  citizens: boolean,
  catalogue: Catalogue,
  legalBasis: string | undefined,
): string[] {
  const scopes: string[] = [];
  for (const item of reader.list(place) ?? []) {
    const value = reader.text(item, scope, shapes.scope);
    if (!value) continue;
    if (scopes.includes(value)) {
      reader.problem(item, 'phạm vi này đã có ở trên', 'this scope is listed above already');
    }
    const entry = catalogue.scopes.get(value);
    if (!entry) {
      reader.problem(
        item,
        `danh mục không có phạm vi ${value}; xem schema/catalogue/scopes.yaml`,
        `${value} is not in the catalogue; see schema/catalogue/scopes.yaml`,
      );
      // Authorization rule 1.10: a citizen's token carries self scopes alone, and nobody else's carries any.
    } else if (selfScope.test(value) !== citizens) {
      reader.problem(
        item,
        'phạm vi :self: chỉ dành cho (và là loại duy nhất của) ứng dụng đăng nhập công dân',
        ':self: scopes are for clients that log citizens in, and such clients may have no other',
      );
    } else if (legalBasis !== undefined && !entry.legalBases.includes(legalBasis)) {
      const lawful = entry.legalBases.join(', ');
      reader.problem(
        item,
        `${value} không được dựa trên căn cứ ${legalBasis}; được: ${lawful}`,
        `${value} may not rest on ${legalBasis}; it may on: ${lawful}`,
      );
    }
    scopes.push(value);
  }
  return scopes;
}

function readQuota(reader: YamlReader, place: Place): Quota | undefined {
  const entry = reader.record(place, [], ['requests', 'cost', 'citizensPerDay']);
  if (!entry) return undefined;
  const [requestsAt, costAt, citizensAt] = ['requests', 'cost', 'citizensPerDay'].map((key) => entry.get(key));
  const requests = requestsAt && readAllowance(reader, requestsAt);
  const cost = costAt && readAllowance(reader, costAt);
  const citizensPerDay = citizensAt && reader.count(citizensAt);
  return {
    ...(requests === undefined ? {} : { requests }),
    ...(cost === undefined ? {} : { cost }),
    ...(citizensPerDay === undefined ? {} : { citizensPerDay }),
  };
}

function readAllowance(reader: YamlReader, place: Place): Allowance | undefined {
  const entry = reader.record(place, ['limit', 'per']);
  const [limitAt, perAt] = ['limit', 'per'].map((key) => entry?.get(key));
  const limit = limitAt && reader.count(limitAt);
  const written = perAt && reader.plain(perAt);
  const per = parseDuration(written);
  if (perAt && per === undefined) {
    reader.problem(perAt, `phải là ${shapes.duration.vi}`, `must be ${shapes.duration.en}`);
  }
  return limit !== undefined && per !== undefined ? { limit, per } : undefined;
}
