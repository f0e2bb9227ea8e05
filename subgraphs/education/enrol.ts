import { badInput, conflict } from '@lienthong/kit';
import { type Kysely, sql, type Transaction } from 'kysely';
import type { EnrolmentRow } from './data.ts';
import { teaches } from './level.ts';
import type { EducationTables } from './tables.ts';

export interface EnrolInput {
  readonly citizen: string;
  readonly school: string;
  readonly grade: number;
  readonly from: string;
}

/** Epoch of the province key and HMAC-SHA-256 in base64url: what every `Citizen.id` looks like. */
const CITIZEN_ID = /^k\d{1,4}\.[\w-]{43}$/;

/**
 * Closes the present enrolment and opens the new one in one transaction. The pupil's row is locked before the rules are
 * judged, so that of two schools enrolling one child at once the second sees what the first has done.
 */
export const enrol = async (db: Kysely<EducationTables>, input: EnrolInput, today: string): Promise<EnrolmentRow> => {
  checkInput(input, today);
  return db.transaction().execute(async (transaction) => {
    await checkSchool(transaction, input);
    const pupil = await lockPupil(transaction, input.citizen);
    await closePresent(transaction, pupil, input);
    const opened = await transaction
      .insertInto('enrolment')
      .values({ pupil, school: input.school, grade: input.grade, started_on: input.from, ended_on: null })
      .returning(['school', 'grade', 'started_on as from', 'ended_on as to'])
      .executeTakeFirstOrThrow();
    return { citizen: input.citizen, ...opened };
  });
};

function checkInput({ citizen, from }: EnrolInput, today: string): void {
  if (!CITIZEN_ID.test(citizen)) {
    throw badInput(
      'citizen_id',
      {
        vi: 'Đây không phải mã liên thông của công dân. Hãy dùng nguyên `Citizen.id` mà cổng đã trả.',
        en: 'This is not a citizen’s federated id. Pass `Citizen.id` exactly as the gateway returned it.',
      },
      'input.citizen',
    );
  }
  const latestYear = Number(today.slice(0, 4)) + 1;
  if (Number(from.slice(0, 4)) > latestYear) {
    throw badInput(
      'enrolment_too_early',
      {
        vi: `Ngày bắt đầu học muộn nhất trong năm ${latestYear}. Hãy kiểm tra lại năm.`,
        en: `The first day may be in ${latestYear} at the latest. Check the year.`,
      },
      'input.from',
    );
  }
}

async function checkSchool(transaction: Transaction<EducationTables>, { school, grade }: EnrolInput): Promise<void> {
  const found = await transaction.selectFrom('school').select('level').where('code', '=', school).executeTakeFirst();
  if (found === undefined) {
    throw badInput(
      'school_unknown',
      {
        vi: 'Không có trường mang mã này. Hãy kiểm tra bằng `school(code:)`.',
        en: 'No school has this code. Check it with `school(code:)`.',
      },
      'input.school',
    );
  }
  if (!teaches(found.level, grade)) {
    throw badInput(
      'grade_level',
      {
        vi: 'Trường này không dạy lớp đó: tiểu học lớp 1 đến 5, trung học cơ sở 6 đến 9, trung học phổ thông 10 đến 12.',
        en: 'This school does not teach that grade: primary 1 to 5, lower secondary 6 to 9, upper secondary 10 to 12.',
      },
      'input.grade',
    );
  }
}

/** The pupil's code, the row locked. A citizen not yet known as a pupil becomes one. */
async function lockPupil(transaction: Transaction<EducationTables>, citizen: string): Promise<string> {
  await transaction
    .insertInto('pupil')
    .values({ citizen_id: citizen, number: null })
    .onConflict((on) => on.column('citizen_id').doNothing())
    .execute();
  const { code } = await transaction
    .selectFrom('pupil')
    .select('code')
    .where('citizen_id', '=', citizen)
    .forUpdate()
    .executeTakeFirstOrThrow();
  return code;
}

async function closePresent(
  transaction: Transaction<EducationTables>,
  pupil: string,
  { school, grade, from }: EnrolInput,
): Promise<void> {
  const latest = await transaction
    .selectFrom('enrolment')
    .select(['id', 'school', 'grade', 'started_on', 'ended_on'])
    .where('pupil', '=', pupil)
    .orderBy('started_on', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (latest === undefined) return;
  if (latest.ended_on === null && latest.school === school && latest.grade === grade) {
    throw conflict('enrolment_present', {
      vi: 'Học sinh đang học đúng trường và lớp này, không cần ghi nhận lại.',
      en: 'The pupil is already enrolled at this school in this grade; there is nothing to do.',
    });
  }
  // An open enrolment keeps at least its first day; a closed one must lie wholly before.
  if (from <= (latest.ended_on ?? latest.started_on)) {
    throw conflict(
      'enrolment_order',
      {
        vi: 'Ngày bắt đầu phải sau lần học gần nhất. Hãy đọc lại `enrolments { from to }` rồi chọn ngày sau đó.',
        en: 'The first day must come after the latest enrolment. Read `enrolments { from to }` and choose a later day.',
      },
      'input.from',
    );
  }
  if (latest.ended_on !== null) return;
  await transaction
    .updateTable('enrolment')
    .set({ ended_on: sql<string>`${from}::date - 1` })
    .where('id', '=', latest.id)
    .execute();
}
