import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { createPseudonyms, parseProvinceKey } from '@lienthong/kit/citizen-id';
import { subjectsBy } from '@lienthong/ledger/format';

/** The keys of a federation of tests, and what persons are called under them. */
export interface LedgerKeys {
  /** As their files hold them. */
  readonly province: string;
  readonly subject: string;
  /** `Citizen.id` */
  idOf(personalNumber: string): string;
  /** What the ledger calls a person. */
  subjectOf(personalNumber: string): string;
}

/** `province` for departments whose data is there already; otherwise made anew. */
export const ledgerKeys = (province = `k1.${randomBytes(32).toString('base64url')}`): LedgerKeys => {
  const subjectKey = randomBytes(32);
  const { idOf } = createPseudonyms(parseProvinceKey(province));
  const subject = subjectsBy(subjectKey);
  return {
    province,
    subject: `s1.${subjectKey.toString('base64url')}`,
    idOf,
    subjectOf: (personalNumber) => subject(idOf(personalNumber)),
  };
};

/** A ledger that a gateway under test keeps. */
export interface KeptLedger {
  /** The database, by the role that writes. */
  readonly database: string;
  /** More of `audit`, in YAML's flow style: `mode: bounded, delay: 5ms`. */
  readonly settings?: string;
}

/** Writes the keys beside a gateway's configuration; returns the configuration's line. */
export const auditLine = async (folder: string, keys: LedgerKeys, kept: KeptLedger | undefined): Promise<string> => {
  if (kept === undefined) return 'audit: false';
  const files = { 'province.key': keys.province, 'ledger-subject.key': keys.subject };
  for (const [name, key] of Object.entries(files)) await writeFile(join(folder, name), `${key}\n`, { mode: 0o600 });
  const settings = kept.settings === undefined ? '' : `, ${kept.settings}`;
  return `audit: { database: "${kept.database}", subjectKeyFile: ./ledger-subject.key, provinceKeyFile: ./province.key${settings} }`;
};
