import {
  type Partner,
  type PartnerDocument,
  type PersistedDocument,
  standingOf,
  withoutSecret,
} from '@lienthong/registry';
import type { PartnerEvent, StoredPartner } from '@lienthong/registry/store';
import { stringify } from 'yaml';
import type { Language, Texts } from '../language.ts';
import { table } from '../table.ts';

/** A partner for programs: what is kept, without secrets. */
export const dataOf = ({ client, status, revision, document, partner }: StoredPartner, now: number) => ({
  client,
  status,
  standing: partner === undefined ? 'invalid' : standingOf(partner, now),
  revision,
  ...withoutSecret(document),
});

const standings: Readonly<Record<string, Texts>> = {
  active: { vi: 'đang hoạt động', en: 'active' },
  suspended: { vi: 'tạm dừng', en: 'suspended' },
  removed: { vi: 'đã gỡ', en: 'removed' },
  expired: { vi: 'hết hạn', en: 'expired' },
  invalid: { vi: 'không còn hợp lệ', en: 'no longer valid' },
};

/** One line for each partner. */
export function listOf(stored: readonly StoredPartner[], language: Language, now: number): string {
  const rows = stored.map((each) => {
    const { standing } = dataOf(each, now);
    const { name, expires, authentication, bound, purposes } = each.document as Record<string, unknown>;
    return [
      each.client,
      standings[standing]?.[language] ?? standing,
      String(expires),
      `${Object(authentication).method}/${bound}`,
      [purposes]
        .flat()
        .map((purpose) => Object(purpose).purpose)
        .join(','),
      String(Object(name)[language]),
    ];
  });
  const heads: readonly string[] =
    language === 'vi'
      ? ['MÃ', 'TÌNH TRẠNG', 'HẾT HẠN', 'XÁC THỰC/RÀNG BUỘC', 'MỤC ĐÍCH', 'TÊN']
      : ['CLIENT', 'STANDING', 'EXPIRES', 'PROOF/BINDING', 'PURPOSES', 'NAME'];
  return table([heads, ...rows]);
}

/** One line for each registered operation. */
export function documentList(documents: readonly PersistedDocument[], language: Language): string {
  const heads = language === 'vi' ? ['MỤC ĐÍCH', 'SHA-256', 'TÊN'] : ['PURPOSE', 'SHA-256', 'NAME'];
  return table([heads, ...documents.map(({ purpose, hash, name }) => [purpose ?? '', hash, name ?? ''])]);
}

/** The registration as the YAML that `partner update` takes, its state above as a comment. */
export function registrationText(stored: StoredPartner, language: Language, now: number): string {
  const { standing } = dataOf(stored, now);
  const state =
    language === 'vi'
      ? `# ${standings[standing]?.vi}; bản ${stored.revision} (partner update --revision ${stored.revision})`
      : `# ${standings[standing]?.en}; revision ${stored.revision} (partner update --revision ${stored.revision})`;
  return `${state}\n${stringify({ partners: { [stored.client]: withoutSecret(stored.document) } })}`;
}

/** One line for each change, and below it what became different. */
export function historyOf(events: readonly PartnerEvent[]): string {
  return events
    .map(({ sequence, at, actor, sessionRole, client, change, reason, before, after }) => {
      const head = `${sequence}  ${at.toISOString()}  ${change}  ${client}  ${actor} (${sessionRole})`;
      const why = reason === null ? [] : [`    “${reason}”`];
      return [head, ...why, ...differences(before, after)].map((line) => `${line}\n`).join('');
    })
    .join('');
}

function differences(before: PartnerDocument | null, after: PartnerDocument): string[] {
  if (before === null) return [];
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((key) => {
    const [was, is] = [before[key], after[key]].map((value) => JSON.stringify(value));
    return was === is ? [] : [`    ${key}: ${was} → ${is}`];
  });
}

/** What the operator and the partner do next. */
export function nextSteps(partners: readonly Partner[], language: Language): string {
  return partners
    .map(({ client, authentication, bound, purposes, expires }) => {
      const all = purposes.map(({ purpose, scopes }) => `${purpose} (${scopes.join(' ')})`).join('; ');
      return language === 'vi'
        ? `✓ ${client}: ${authentication.method}, token ràng buộc ${bound}, đến ${expires ?? 'khi bị gỡ'}
    ${all}
  Tiếp theo: gửi đối tác client_id «${client}», địa chỉ nơi cấp token và docs/partner-client.vi.md; khoá riêng của họ ở lại với họ.
  Nơi cấp token và cổng nhận biết trong vòng một giây. Xem: lienthong partner show ${client}
`
        : `✓ ${client}: ${authentication.method}, tokens bound by ${bound}, until ${expires ?? 'it is removed'}
    ${all}
  Next: send the partner its client_id "${client}", the issuer's address and docs/partner-client.md; its private key stays with it.
  Issuer and gateways know within a second. See: lienthong partner show ${client}
`;
    })
    .join('');
}
