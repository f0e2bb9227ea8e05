import { badInput, commune, type DepartmentResolvers, notFound } from '@lienthong/kit';
import type { EducationData, EnrolmentRow } from './data.ts';
import type { EnrolInput } from './enrol.ts';
import type { PageArguments, PupilRow } from './pupils.ts';

interface Citizen {
  readonly id: string;
}

const unknownSchool = () =>
  notFound(
    'school_unknown',
    {
      vi: 'Không có trường mang mã này. Hãy kiểm tra lại mã, ví dụ `21289-TH`.',
      en: 'No school has this code. Check the code, for example `21289-TH`.',
    },
    'code',
  );

const SCHOOL_YEAR = /^(\d{4})-(\d{4})$/;

function checkSchoolYear(text: string): void {
  const [, start, end] = SCHOOL_YEAR.exec(text) ?? [];
  if (start === undefined || Number(end) !== Number(start) + 1) {
    throw badInput(
      'school_year',
      {
        vi: 'Năm học viết bằng hai năm liên tiếp, ví dụ `2024-2025`.',
        en: 'A school year is written as two consecutive years, for example `2024-2025`.',
      },
      'schoolYear',
    );
  }
}

async function enrolmentsOf(data: EducationData, citizen: string, current: boolean | null | undefined) {
  const all = await data.enrolmentsOf(citizen);
  return current == null ? all : all.filter(({ to }: EnrolmentRow) => (to === null) === current);
}

/** Of rows that name a school by its code. */
const school = (row: { school: string }, _args: unknown, { data }: { data: EducationData }) => data.school(row.school);

export const resolvers: DepartmentResolvers<EducationData> = {
  Query: {
    async school(_parent, { code }: { code: string }, { data }) {
      const found = await data.school(code);
      if (found === null) throw unknownSchool();
      return found;
    },
  },
  Mutation: {
    async enrol(_parent, { input }: { input: EnrolInput }, { data }) {
      const enrolment = await data.enrol(input);
      return { citizen: { id: input.citizen }, enrolment };
    },
  },
  Citizen: {
    enrolments: ({ id }: Citizen, { current }: { current?: boolean | null }, { data }) =>
      enrolmentsOf(data, id, current),
    async marks({ id }: Citizen, { schoolYear }: { schoolYear?: string | null }, { data }) {
      if (schoolYear != null) checkSchoolYear(schoolYear);
      const all = await data.marksOf(id);
      return schoolYear == null ? all : all.filter((mark) => mark.schoolYear === schoolYear);
    },
  },
  School: {
    __resolveReference: ({ code }: { code: string }, { data }) => data.school(code),
    commune: (row: { commune: string }) => commune(row.commune),
    pupils: ({ code }: { code: string }, page: PageArguments, { data }) => data.pupilsOf(code, page),
  },
  Pupil: {
    citizen: ({ citizen }: PupilRow) => ({ id: citizen }),
    enrolments: ({ citizen }: PupilRow, { current }: { current?: boolean | null }, { data }) =>
      enrolmentsOf(data, citizen, current),
  },
  Enrolment: { school },
  Mark: { school },
};
