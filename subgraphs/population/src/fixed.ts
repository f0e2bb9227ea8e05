import { FIXED_COMMUNE } from './communes.ts';
import { nameOf } from './names.ts';
import type { Household } from './person.ts';

/** The household that documents, tests and demonstrations name. It does not age and does not depend on any draw. */
export function fixedHousehold(): Household {
  return {
    index: 0,
    code: householdCode(FIXED_COMMUNE, 0),
    commune: FIXED_COMMUNE,
    address: 'Tổ 2, thôn Hàng Gòn',
    since: '2012-05-20',
    members: [
      {
        number: '051085000001',
        ...nameOf('Phạm', 'Văn', 'Hiếu'),
        sex: 'MALE',
        birthDate: '1985-03-12',
        birthYear: 1985,
        ethnicity: 'KINH',
        deathDate: null,
        maritalStatus: 'MARRIED',
        role: 'HEAD',
        fixed: true,
      },
      {
        number: '051187000003',
        ...nameOf('Đinh', 'Thị', 'Hoa'),
        sex: 'FEMALE',
        birthDate: '1987-10-20',
        birthYear: 1987,
        ethnicity: 'HRE',
        deathDate: null,
        maritalStatus: 'MARRIED',
        role: 'SPOUSE',
        fixed: true,
      },
      {
        number: '051319000002',
        ...nameOf('Phạm', 'Thị', 'Mai'),
        sex: 'FEMALE',
        birthDate: '2019-04-05',
        birthYear: 2019,
        ethnicity: 'KINH',
        deathDate: null,
        maritalStatus: 'SINGLE',
        role: 'CHILD',
        fixed: true,
      },
    ],
  };
}

/** A household book's code: the commune and the household's place in the stream. */
export function householdCode(commune: string, index: number): string {
  return `${commune}-${String(index).padStart(7, '0')}`;
}
