import { badInput, conflict, notFound } from '@lienthong/kit';
import { type Kysely, sql, type Transaction } from 'kysely';
import type { Parcel, ParcelKey } from './data.ts';
import { add, fitsRegister, type Share, share, subtract } from './shares.ts';
import type { LandTables } from './tables.ts';

/** A transfer of rights that makes sense in itself; whether the register allows it is decided under lock. */
export interface Transfer {
  readonly parcel: ParcelKey;
  /** The version the caller has read. */
  readonly version: number;
  readonly from: string;
  /** What is transferred; undefined means all that `from` holds. */
  readonly share: Share | undefined;
  readonly to: readonly { readonly citizen: string; readonly share: Share }[];
}

/** A holder's share after the transfer; undefined when nothing is left. */
interface Change {
  readonly holder: string;
  readonly share: Share | undefined;
}

/**
 * Records a transfer as the parcel's next version, or throws and changes nothing. Rights that it ends stay on record.
 */
export const recordTransfer = (db: Kysely<LandTables>, today: string, order: Transfer): Promise<Parcel> =>
  db.transaction().execute(async (trx) => {
    const parcel = await lockParcel(trx, order.parcel);
    // Before anything else of the parcel, its version too: of other people's land nobody is told, and no entry of theirs
    // would say so.
    if (!(await heldAt(trx, parcel, order))) throw notHolder();
    if (parcel.version !== order.version) throw changedMeanwhile();
    const rights = await currentRights(trx, parcel);
    const changes = redistribute(new Map(rights.map(({ holder, share }) => [holder, share])), order);
    // Not before the giver is known to hold what he gives, for the same reason.
    await refuseEncumbered(trx, parcel);
    const next = parcel.version + 1;
    await endRights(trx, parcel, changes, next);
    await beginRights(
      trx,
      changes.flatMap(({ holder, share }) => {
        const before = rights.find((right) => right.holder === holder);
        if (share === undefined) return [];
        return { ...(before ?? { origin: 'TRANSFER' as const, since: today }), parcel, holder, share, next };
      }),
    );
    await trx.updateTable('parcels').set({ version: next }).where('id', '=', parcel.id).execute();
    return { ...parcel, version: next };
  });

/**
 * Who holds what afterwards, of those whose share changes. The total is preserved to the last digit: what the giver
 * loses is what the receivers gain.
 */
function redistribute(held: ReadonlyMap<string, Share>, { from, share, to }: Transfer): Change[] {
  const before = held.get(from);
  if (before === undefined) throw notHolder();
  const given = share ?? before;
  const rest = subtract(before, given);
  if (rest.numerator < 0n) throw moreThanHeld();
  const received = to.map((receiver) => receiver.share).reduce(add);
  if (subtract(received, given).numerator !== 0n) throw sumDiffers();
  const changes: Change[] = [
    { holder: from, share: rest.numerator === 0n ? undefined : rest },
    ...to.map(({ citizen, share }) => {
      const already = held.get(citizen);
      return { holder: citizen, share: already === undefined ? share : add(already, share) };
    }),
  ];
  if (!changes.every(({ share }) => share === undefined || fitsRegister(share))) throw tooFine();
  return changes;
}

/**
 * FOR UPDATE, not the weaker FOR NO KEY UPDATE: it also holds back whoever would register a mortgage at this moment,
 * because the new row's foreign key wants a key-share lock on the parcel.
 */
async function lockParcel(trx: Transaction<LandTables>, { commune, sheet, number }: ParcelKey): Promise<Parcel> {
  const parcel = await trx
    .selectFrom('parcels')
    .select(['id', 'commune', 'sheet', 'number', 'version'])
    .where('commune', '=', commune)
    .where('sheet', '=', sheet)
    .where('number', '=', number)
    .forUpdate()
    .executeTakeFirst();
  if (parcel === undefined) throw unknownParcel();
  return parcel;
}

/** Whether the giver held a right at the version that the caller has read: then it is his own what became of it since. */
async function heldAt(trx: Transaction<LandTables>, { id }: Parcel, { from, version }: Transfer): Promise<boolean> {
  const right = await trx
    .selectFrom('rights')
    .select('id')
    .where('parcel_id', '=', id)
    .where('holder_id', '=', from)
    .where('from_version', '<=', version)
    .where((where) => where.or([where('until_version', 'is', null), where('until_version', '>', version)]))
    .limit(1)
    .executeTakeFirst();
  return right !== undefined;
}

async function refuseEncumbered(trx: Transaction<LandTables>, { id }: Parcel): Promise<void> {
  const standing = await trx
    .selectFrom('encumbrances')
    .select('id')
    .where('parcel_id', '=', id)
    .where('released', 'is', null)
    .limit(1)
    .executeTakeFirst();
  if (standing !== undefined) throw encumbered();
}

async function currentRights(trx: Transaction<LandTables>, { id }: Parcel) {
  const rows = await trx
    .selectFrom('rights')
    .select(['holder_id', 'share_numerator', 'share_denominator', 'origin', 'since'])
    .where('parcel_id', '=', id)
    .where('until_version', 'is', null)
    .execute();
  return rows.map(({ holder_id, share_numerator, share_denominator, origin, since }) => ({
    holder: holder_id,
    share: share(share_numerator, share_denominator),
    origin,
    since,
  }));
}

async function endRights(trx: Transaction<LandTables>, { id }: Parcel, changes: readonly Change[], version: number) {
  await trx
    .updateTable('rights')
    .set({ until_version: version })
    .where('parcel_id', '=', id)
    .where('until_version', 'is', null)
    .where(sql<boolean>`holder_id = any(${changes.map(({ holder }) => holder)})`)
    .execute();
}

interface NewRight {
  readonly parcel: Parcel;
  readonly holder: string;
  readonly share: Share;
  readonly origin: LandTables['rights']['origin'];
  readonly since: string;
  readonly next: number;
}

async function beginRights(trx: Transaction<LandTables>, rights: readonly NewRight[]): Promise<void> {
  await trx
    .insertInto('holders')
    .values(rights.map(({ holder }) => ({ id: holder, personal_number: null })))
    .onConflict((holder) => holder.column('id').doNothing())
    .execute();
  await trx
    .insertInto('rights')
    .values(
      rights.map(({ parcel, holder, share, origin, since, next }) => ({
        parcel_id: parcel.id,
        holder_id: holder,
        share_numerator: Number(share.numerator),
        share_denominator: Number(share.denominator),
        origin,
        since,
        from_version: next,
        until_version: null,
      })),
    )
    .execute();
}

const unknownParcel = () =>
  notFound(
    'parcel_unknown',
    {
      vi: 'Không có thửa đất này. Hãy kiểm tra mã đơn vị, số tờ và số thửa.',
      en: 'There is no such parcel. Check the commune, the sheet and the number.',
    },
    'input.parcel',
  );

const changedMeanwhile = () =>
  conflict(
    'parcel_changed',
    {
      vi: 'Thửa đất đã đổi phiên bản. Hãy đọc lại thửa đất và gửi lại với phiên bản mới.',
      en: 'The parcel has changed since it was read. Read it again and send its present version.',
    },
    'input.version',
  );

const encumbered = () =>
  conflict(
    'parcel_encumbered',
    {
      vi: 'Thửa đất còn thế chấp hoặc kê biên. Hãy xoá đăng ký trước khi chuyển quyền.',
      en: 'A mortgage or seizure stands on the parcel. Have it released before the transfer.',
    },
    'input.parcel',
  );

const notHolder = () =>
  conflict(
    'not_a_holder',
    {
      vi: 'Người chuyển không có quyền đối với thửa đất này. Hãy xem lại danh sách người có quyền.',
      en: 'The giver holds no right in this parcel. Look at its present holders.',
    },
    'input.from',
  );

const moreThanHeld = () =>
  conflict(
    'share_exceeds_held',
    {
      vi: 'Phần chuyển lớn hơn phần người chuyển đang có. Hãy giảm phần chuyển.',
      en: 'The share transferred is larger than the giver’s. Transfer less.',
    },
    'input.share',
  );

const sumDiffers = () =>
  badInput(
    'shares_sum',
    {
      vi: 'Tổng phần của những người nhận phải bằng đúng phần chuyển. Hãy sửa các phần nhận.',
      en: 'The receivers’ shares must sum exactly to the share transferred. Correct them.',
    },
    'input.to',
  );

const tooFine = () =>
  badInput(
    'share_too_fine',
    {
      vi: 'Phần quyền còn lại có mẫu số quá 9 chữ số. Hãy dùng các phân số có mẫu số nhỏ hơn.',
      en: 'A resulting share would need a denominator of more than 9 digits. Use coarser fractions.',
    },
    'input.to',
  );
