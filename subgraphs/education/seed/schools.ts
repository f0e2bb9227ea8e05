import { communes } from '@lienthong/kit';
import type { SchoolLevel } from '../level.ts';

interface School {
  readonly code: string;
  readonly name: string;
  readonly commune: string;
  readonly level: SchoolLevel;
}

/** An island of its own: its pupils do not cross the sea to another commune's school. */
const LY_SON = '21548';
/** One upper secondary school serves its own commune and the next ones in the list, which are its neighbours. */
const COMMUNES_PER_UPPER_SECONDARY = 3;

const ABBREVIATION: Readonly<Record<SchoolLevel, string>> = {
  PRIMARY: 'TH',
  LOWER_SECONDARY: 'THCS',
  UPPER_SECONDARY: 'THPT',
};
const NAME: Readonly<Record<SchoolLevel, string>> = {
  PRIMARY: 'Trường Tiểu học',
  LOWER_SECONDARY: 'Trường Trung học cơ sở',
  UPPER_SECONDARY: 'Trường Trung học phổ thông',
};

const codes = [...communes.keys()];
const bareName = (name: string): string => name.replace(/^(Xã|Phường|Đặc khu) /u, '');

/** The commune whose upper secondary school the pupils of this commune attend. */
function upperSecondaryCommune(commune: string): string {
  const index = codes.indexOf(commune);
  if (commune === LY_SON) return commune;
  return codes[index - (index % COMMUNES_PER_UPPER_SECONDARY)] ?? commune;
}

/** The code of the school of that level which the pupils of a commune attend. */
export const schoolFor = (commune: string, level: SchoolLevel): string =>
  `${level === 'UPPER_SECONDARY' ? upperSecondaryCommune(commune) : commune}-${ABBREVIATION[level]}`;

/** The schools of the province: in each commune a primary and a lower secondary, in every third an upper secondary. */
export const schools: readonly School[] = [...communes.values()].flatMap(({ code: commune, name }) => {
  const levels: SchoolLevel[] = ['PRIMARY', 'LOWER_SECONDARY'];
  if (upperSecondaryCommune(commune) === commune) levels.push('UPPER_SECONDARY');
  return levels.map((level) => ({
    code: schoolFor(commune, level),
    name: `${NAME[level]} ${bareName(name)}`,
    commune,
    level,
  }));
});

/** Communes a pupil from elsewhere may go to school in. */
export const communeCodes: readonly string[] = codes;
