import { communes } from '@lienthong/kit';

/** Units from this code on belonged to Kon Tum until 2025; facilities keep the old province's prefix. */
const FIRST_KON_TUM_UNIT = '23284';

export const insuranceProvince = (commune: string): '51' | '62' => (commune >= FIRST_KON_TUM_UNIT ? '62' : '51');

interface Facility {
  readonly code: string;
  readonly name: string;
  readonly commune: string;
}

const HOSPITALS: readonly Facility[] = [
  { code: '51001', name: 'Bệnh viện Đa khoa tỉnh Quảng Ngãi', commune: '21025' },
  { code: '51002', name: 'Bệnh viện Sản - Nhi tỉnh Quảng Ngãi', commune: '21028' },
  { code: '51003', name: 'Trung tâm Y tế khu vực Bình Sơn', commune: '21040' },
  { code: '51004', name: 'Trung tâm Y tế khu vực Sơn Hà', commune: '21289' },
  { code: '51005', name: 'Trung tâm Y tế khu vực Đức Phổ', commune: '21439' },
  { code: '51006', name: 'Trung tâm Quân dân y Lý Sơn', commune: '21548' },
  { code: '62001', name: 'Bệnh viện Đa khoa tỉnh Kon Tum', commune: '23293' },
  { code: '62002', name: 'Trung tâm Y tế khu vực Đăk Tô', commune: '23401' },
];

/** «Xã Sơn Hà» within a sentence: «xã Sơn Hà». */
const lowerFirst = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);

const stationCodes = new Map(
  [...communes.keys()].map((code, index) => [code, insuranceProvince(code) + (101 + index)]),
);

/** The code of the health station that every commune has. */
export function stationOf(commune: string): string {
  const code = stationCodes.get(commune);
  if (code === undefined) throw new RangeError(`commune ${commune} is not in the list of units`);
  return code;
}

/** The hospitals of the commune's old province, where some people register instead. */
export const hospitalsNear = (commune: string): readonly Facility[] =>
  HOSPITALS.filter(({ code }) => code.startsWith(insuranceProvince(commune)));

/** Every facility: a health station in each commune, and the hospitals. */
export const facilities: readonly Facility[] = [
  ...HOSPITALS,
  ...[...communes.values()].map(({ code, name }) => ({
    code: stationOf(code),
    name: `Trạm Y tế ${lowerFirst(name)}`,
    commune: code,
  })),
];
