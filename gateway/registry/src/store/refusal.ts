import type { Messages } from '../partner.ts';

export type RefusalCode =
  | 'CLIENT_TAKEN'
  | 'CLIENT_UNKNOWN'
  | 'CHANGED_MEANWHILE'
  | 'NOTHING_TO_CHANGE'
  | 'CLIENT_REMOVED'
  | 'DOCUMENT_UNKNOWN';

/** A change that the registry's state does not allow; nothing was changed. */
export class RegistryRefusal extends Error {
  readonly code: RefusalCode;
  readonly messages: Messages;

  constructor(code: RefusalCode, messages: Messages) {
    super(messages.en);
    this.name = 'RegistryRefusal';
    this.code = code;
    this.messages = messages;
  }
}

export const refusals = {
  taken: (client: string) =>
    new RegistryRefusal('CLIENT_TAKEN', {
      vi: `${client} đã có trong sổ đăng ký (kể cả khi đã bị gỡ); chọn mã khác, hoặc dùng: lienthong partner update`,
      en: `${client} is in the registry already (removed ones too); choose another id, or use: lienthong partner update`,
    }),
  unknown: (client: string) =>
    new RegistryRefusal('CLIENT_UNKNOWN', {
      vi: `sổ đăng ký không có ${client}; xem: lienthong partner list`,
      en: `the registry has no ${client}; see: lienthong partner list`,
    }),
  removed: (client: string) =>
    new RegistryRefusal('CLIENT_REMOVED', {
      vi: `${client} đã bị gỡ và không dùng lại được; kết nạp lại với mã khác`,
      en: `${client} has been removed for good; admit the partner again under another id`,
    }),
  changed: (client: string, revision: number) =>
    new RegistryRefusal('CHANGED_MEANWHILE', {
      vi: `${client} vừa được thay đổi (bản ${revision}); xem lại bằng: lienthong partner show ${client}`,
      en: `${client} has been changed meanwhile (revision ${revision}); look again: lienthong partner show ${client}`,
    }),
  noDocument: (client: string, hash: string) =>
    new RegistryRefusal('DOCUMENT_UNKNOWN', {
      vi: `${client} không đăng ký văn bản ${hash}; xem: lienthong partner document list --client ${client}`,
      en: `${client} has no document ${hash}; see: lienthong partner document list --client ${client}`,
    }),
  nothing: (client: string, vi: string, en: string) =>
    new RegistryRefusal('NOTHING_TO_CHANGE', { vi: `${client} ${vi}`, en: `${client} ${en}` }),
};
