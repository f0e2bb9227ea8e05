import { badInput, conflict, normalizeText, notFound } from '@lienthong/kit';
import type { Kysely, Transaction } from 'kysely';
import { isCitizenId } from './citizen-id.ts';
import type { CitizensTables, ResidenceRow } from './tables.ts';

/** `ChangeResidenceInput` of the schema, its scalars parsed. */
export interface ChangeResidenceInput {
  readonly citizen: string;
  readonly commune: string;
  readonly address: string;
  readonly since: string;
}

const ADDRESS_CHARACTERS = { min: 5, max: 200 };

/**
 * Closes the present residence and opens the new one. The citizen's row is locked for the time between the checks and
 * the writes: of two moves at once, the second is judged by what the first has left.
 */
export async function changeResidence(
  { db, today, requestId }: { db: Kysely<CitizensTables>; today: string; requestId: string },
  input: ChangeResidenceInput,
): Promise<void> {
  const { commune, since } = input;
  if (!isCitizenId(input.citizen)) throw citizenUnknown();
  const address = parseAddress(input.address);
  if (since > today) throw sinceInFuture();
  await db.transaction().execute(async (transaction) => {
    const citizen = await lockLiving(transaction, input.citizen);
    const present = await presentResidence(transaction, citizen);
    if (present !== undefined) {
      refuseContradiction(present, { commune, address, since });
      await transaction
        .updateTable('residences')
        .set({ moved_on: since })
        .where('citizen', '=', citizen)
        .where('moved_on', 'is', null)
        .execute();
    }
    await transaction
      .insertInto('residences')
      .values({ citizen, since, moved_on: null, commune, address, request_id: requestId })
      .execute();
    await transaction.updateTable('citizens').set({ household: null }).where('serial', '=', citizen).execute();
  });
}

async function lockLiving(transaction: Transaction<CitizensTables>, id: string): Promise<number> {
  const citizen = await transaction
    .selectFrom('citizens')
    .select(['serial', 'death_date'])
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  if (citizen === undefined) throw citizenUnknown();
  if (citizen.death_date !== null) {
    throw conflict(
      'citizen_deceased',
      {
        vi: 'Công dân này đã mất theo hồ sơ hộ tịch nên không thể đổi nơi cư trú.',
        en: 'The civil register has this citizen as deceased: the residence can no longer change.',
      },
      'citizen',
    );
  }
  return citizen.serial;
}

const presentResidence = (transaction: Transaction<CitizensTables>, citizen: number) =>
  transaction
    .selectFrom('residences')
    .select(['commune', 'address', 'since'])
    .where('citizen', '=', citizen)
    .where('moved_on', 'is', null)
    .executeTakeFirst();

function refuseContradiction(present: ResidenceRow, next: ResidenceRow): void {
  if (next.since <= present.since) {
    throw conflict(
      'residence_since',
      {
        vi: 'Ngày chuyển đến phải sau ngày bắt đầu ở nơi cư trú hiện tại. Hãy xem lại `residence { since }` của công dân.',
        en: 'The first day there must be after the first day at the present residence. Look at the citizen’s `residence { since }`.',
      },
      'since',
    );
  }
  if (next.commune === present.commune && next.address === present.address) {
    throw conflict(
      'residence_unchanged',
      {
        vi: 'Công dân đã đăng ký cư trú tại chính địa chỉ này; không có gì để thay đổi.',
        en: 'The citizen is already registered at this very address; there is nothing to change.',
      },
      'address',
    );
  }
}

const citizenUnknown = () =>
  notFound(
    'citizen_unknown',
    {
      vi: 'Không có công dân nào mang mã này. Hãy lấy lại `id` bằng truy vấn `citizen` hoặc `searchCitizens`.',
      en: 'No citizen has this id. Get the `id` again by the query `citizen` or `searchCitizens`.',
    },
    'citizen',
  );

const sinceInFuture = () =>
  badInput(
    'residence_since_future',
    {
      vi: 'Ngày chuyển đến không được sau hôm nay. Hãy đăng ký khi công dân đã chuyển đến.',
      en: 'The first day there cannot be after today. Register the move once it has happened.',
    },
    'since',
  );

/** NFC, single spaces, something to read, nothing invisible. */
function parseAddress(value: string): string {
  const address = normalizeText(value);
  const { min, max } = ADDRESS_CHARACTERS;
  const characters = [...address].length;
  if (characters < min || characters > max || /\p{C}/u.test(address) || !/\p{L}/u.test(address)) {
    throw badInput(
      'address',
      {
        vi: `Địa chỉ có từ ${min} đến ${max} ký tự, có chữ cái và không có ký tự điều khiển, ví dụ «Tổ 2, thôn Hàng Gòn».`,
        en: `An address has ${min} to ${max} characters, letters among them and no control characters, for example «Tổ 2, thôn Hàng Gòn».`,
      },
      'address',
    );
  }
  return address;
}
