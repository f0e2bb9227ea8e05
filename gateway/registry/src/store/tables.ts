import type { ColumnType, Generated } from 'kysely';
import type { PartnerDocument } from '../document/write.ts';
import type { PartnerStatus } from '../partner.ts';

export type Change = 'add' | 'update' | 'rotate' | 'suspend' | 'resume' | 'remove' | 'document-add' | 'document-remove';

/** Written as text, read as the value. */
type Json<T> = ColumnType<T, string, string>;

/** The tables of migrations/. */
export interface Tables {
  registry: { one: Generated<boolean>; revision: number };
  partner_events: {
    sequence: number;
    at: Generated<Date>;
    actor: string;
    session_role: Generated<string>;
    client: string;
    change: Change;
    reason: string | null;
    before: ColumnType<PartnerDocument | null, string | null, never>;
    after: Json<PartnerDocument>;
  };
  partners: {
    client: string;
    status: PartnerStatus;
    document: Json<PartnerDocument>;
    admitted: number;
    revision: number;
  };
}
