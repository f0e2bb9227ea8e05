import { badInput, conflict, notFound } from '@lienthong/kit';
import type { Kysely, Transaction } from 'kysely';
import { yearAfter } from './calendar.ts';
import type { HealthTables } from './tables.ts';

export interface RenewInsuranceInput {
  readonly citizen: string;
  readonly validTo: string;
  readonly facility?: string | null;
}

/** The columns of `Insurance`, under the names of the schema. */
export const insuranceColumns = [
  'insurance.card_number as number',
  'insurance.level',
  'insurance.valid_from as validFrom',
  'insurance.valid_to as validTo',
  'insurance.facility',
  'insurance.group_code as group',
] as const;

/**
 * Renews in one transaction. The rows of the person and of the insurance are locked before the rules are judged, so that
 * of two counters renewing at once the second sees what the first has done.
 */
export const renewInsurance = (db: Kysely<HealthTables>, input: RenewInsuranceInput, today: string) =>
  db.transaction().execute(async (transaction) => {
    const person = await lockLivingPerson(transaction, input.citizen);
    const present = await lockInsurance(transaction, person);
    checkPeriod(present.valid_to, input.validTo, today);
    const facility = input.facility ?? present.facility;
    await checkFacility(transaction, facility);
    const renewed = await transaction
      .updateTable('insurance')
      .set({
        valid_to: input.validTo,
        facility,
        // A lapsed insurance begins anew: days without cover stay without cover.
        valid_from: present.valid_to < today ? today : present.valid_from,
      })
      .where('person', '=', person)
      .returning(insuranceColumns)
      .executeTakeFirstOrThrow();
    return { citizen: input.citizen, ...renewed };
  });

async function lockLivingPerson(transaction: Transaction<HealthTables>, citizen: string): Promise<string> {
  const person = await transaction
    .selectFrom('person')
    .select(['number', 'died_on'])
    .where('citizen_id', '=', citizen)
    .forUpdate()
    .executeTakeFirst();
  if (person === undefined) {
    throw notFound(
      'citizen_unknown',
      {
        vi: 'Ngành y tế không có người này. Hãy dùng nguyên `Citizen.id` mà cổng đã trả.',
        en: 'Health does not know this person. Pass `Citizen.id` exactly as the gateway returned it.',
      },
      'input.citizen',
    );
  }
  if (person.died_on !== null) {
    throw conflict(
      'citizen_dead',
      {
        vi: 'Người này đã mất nên không gia hạn được. Nếu có nhầm lẫn, hãy đề nghị cơ quan hộ tịch đính chính.',
        en: 'This person has died, so the insurance cannot be renewed. If that is wrong, ask civil status to correct it.',
      },
      'input.citizen',
    );
  }
  return person.number;
}

async function lockInsurance(transaction: Transaction<HealthTables>, person: string) {
  const present = await transaction
    .selectFrom('insurance')
    .select(['valid_from', 'valid_to', 'facility'])
    .where('person', '=', person)
    .forUpdate()
    .executeTakeFirst();
  if (present === undefined) {
    throw conflict(
      'insurance_none',
      {
        vi: 'Người này chưa từng tham gia bảo hiểm y tế nên chưa có thẻ để gia hạn. Hãy làm thủ tục cấp mới.',
        en: 'This person was never insured, so there is nothing to renew. Apply for a first insurance instead.',
      },
      'input.citizen',
    );
  }
  return present;
}

/** Premiums are paid for 12 months at most, counted from the end of the present cover, or from today if it has lapsed. */
function checkPeriod(presentEnd: string, newEnd: string, today: string): void {
  if (newEnd <= presentEnd) {
    throw conflict(
      'insurance_not_extended',
      {
        vi: 'Ngày hết hạn mới phải sau ngày hết hạn hiện tại. Hãy đọc lại `insurance { validTo }`, có thể nơi khác vừa gia hạn.',
        en: 'The new last day must be later than the present one. Read `insurance { validTo }` again: somebody may have renewed it.',
      },
      'input.validTo',
    );
  }
  const start = presentEnd < today ? today : presentEnd;
  if (newEnd < today || newEnd > yearAfter(start)) {
    throw badInput(
      'insurance_period',
      {
        vi: 'Ngày hết hạn mới không được ở trong quá khứ và không quá 12 tháng sau hạn hiện tại (sau hôm nay nếu thẻ đã hết hạn).',
        en: 'The new last day must not be in the past, nor more than 12 months after the present one (after today if it has lapsed).',
      },
      'input.validTo',
    );
  }
}

async function checkFacility(transaction: Transaction<HealthTables>, code: string): Promise<void> {
  const facility = await transaction.selectFrom('facility').select('code').where('code', '=', code).executeTakeFirst();
  if (facility === undefined) {
    throw badInput(
      'facility_unknown',
      {
        vi: 'Không có cơ sở khám chữa bệnh mang mã này. Hãy tra bằng `facilities(commune:)`.',
        en: 'No health facility has this code. Look it up with `facilities(commune:)`.',
      },
      'input.facility',
    );
  }
}
