import { badInput, type Connection, type Cursors, connection, pageSize } from '@lienthong/kit';
import DataLoader from 'dataloader';
import { type Kysely, sql } from 'kysely';
import type { EducationTables } from './tables.ts';

export interface PupilRow {
  readonly code: string;
  readonly citizen: string;
  readonly grade: number;
}

export interface PageArguments {
  readonly first?: number | null;
  readonly after?: string | null;
}

/** Rows of one school's list behind a position (grade, pupil's code): the list's order. */
interface Slice {
  readonly school: string;
  readonly afterGrade: number;
  readonly afterCode: string;
  readonly limit: number;
}

type SliceRow = PupilRow & { readonly position: number };

const listOf = (school: string) => `School.pupils:${school}`;

/** Pages of schools' pupils. Pages that are asked for together, of whichever schools, are one statement. */
export function createPupilPages(db: Kysely<EducationTables>, cursors: Cursors) {
  const slices = new DataLoader<Slice, PupilRow[], string>((asked) => loadSlices(db, asked), {
    cacheKeyFn: (slice) => JSON.stringify(slice),
  });

  return async (school: string, page: PageArguments): Promise<Connection<PupilRow>> => {
    const first = pageSize(page.first);
    const [afterGrade, afterCode] = position(cursors, school, page.after);
    const rows = await slices.load({ school, afterGrade, afterCode, limit: first + 1 });
    return connection({
      rows,
      first,
      cursorOf: ({ grade, code }) => cursors.seal(listOf(school), [grade, code]),
      node: (row) => row,
    });
  };
}

function position(cursors: Cursors, school: string, after: string | null | undefined): [number, string] {
  if (after == null) return [0, ''];
  const [grade, code] = cursors.open(listOf(school), after);
  if (typeof grade !== 'number' || typeof code !== 'string') {
    throw badInput(
      'cursor',
      {
        vi: 'Con trỏ `after` không dùng được. Hãy hỏi lại từ trang đầu.',
        en: 'The cursor `after` cannot be used. Ask again from the first page.',
      },
      'after',
    );
  }
  return [grade, code];
}

async function loadSlices(db: Kysely<EducationTables>, asked: readonly Slice[]): Promise<PupilRow[][]> {
  const column = <Key extends keyof Slice>(key: Key) => asked.map((slice) => slice[key]);
  const { rows } = await sql<SliceRow>`
    SELECT asked.position::int AS position, page.grade, pupil.code, pupil.citizen_id AS citizen
    FROM unnest(
      ${column('school')}::text[], ${column('afterGrade')}::smallint[], ${column('afterCode')}::text[], ${column('limit')}::int[]
    ) WITH ORDINALITY AS asked (school, after_grade, after_code, page_limit, position)
    CROSS JOIN LATERAL (
      SELECT enrolment.grade, enrolment.pupil
      FROM enrolment
      WHERE enrolment.school = asked.school AND enrolment.ended_on IS NULL
        AND (enrolment.grade, enrolment.pupil) > (asked.after_grade, asked.after_code)
      ORDER BY enrolment.grade, enrolment.pupil
      LIMIT asked.page_limit
    ) AS page
    JOIN pupil ON pupil.code = page.pupil
    ORDER BY asked.position, page.grade, page.pupil
  `.execute(db);
  const bySlice: SliceRow[][] = asked.map(() => []);
  for (const row of rows) bySlice[row.position - 1]?.push(row);
  return bySlice;
}
