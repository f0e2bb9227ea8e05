import { AS_OF, type Person, type Random, randomFor, type Weighted } from '@lienthong/population';
import { addDays, firstDay } from '../calendar.ts';
import { ageOn, FIXED_MAN } from './people.ts';

const SUBSTANCES: Weighted<string> = [
  ['Penicillin', 20],
  ['Hải sản', 25],
  ['Aspirin', 10],
  ['Đậu phộng (lạc)', 8],
  ['Cephalosporin', 8],
  ['Trứng gà', 6],
  ['Nọc ong', 6],
  ['Bụi nhà', 17],
];

const SEVERITIES: Weighted<'MILD' | 'MODERATE' | 'SEVERE'> = [
  ['MILD', 60],
  ['MODERATE', 30],
  ['SEVERE', 10],
];

/** ICD-10 code, name in the Vietnamese list, how often, and from which age. */
const DISEASES = [
  ['I10', 'Tăng huyết áp vô căn (nguyên phát)', 30, 30],
  ['E11', 'Bệnh đái tháo đường không phụ thuộc insuline', 14, 35],
  ['J18', 'Viêm phổi, tác nhân không xác định', 10, 0],
  ['J45', 'Hen', 6, 0],
  ['K29', 'Viêm dạ dày và tá tràng', 18, 16],
  ['M54', 'Đau lưng', 16, 25],
  ['A97', 'Sốt xuất huyết Dengue', 9, 0],
  ['H25', 'Đục thủy tinh thể người già', 7, 60],
  ['N20', 'Sỏi thận và niệu quản', 7, 20],
  ['B54', 'Sốt rét không xác định', 3, 5],
] as const;

/** The rows of `disease`. */
export const diseases = DISEASES.map(([code, name]) => [code, name] as const);

type AllergyRow = readonly [person: string, substance: string, severity: string];
type DiagnosisRow = readonly [person: string, disease: string, date: string];

/** The rows of `allergy` for one person; of the fixed records only the man has one. */
export function allergyRows(person: Person): AllergyRow[] {
  if (person.number === FIXED_MAN) return [[person.number, 'Penicillin', 'SEVERE']];
  const random = randomFor(person.number, 'allergy');
  if (person.fixed || !random.chance(0.06)) return [];
  const substances = new Set([
    random.weighted(SUBSTANCES),
    ...(random.chance(0.15) ? [random.weighted(SUBSTANCES)] : []),
  ]);
  return [...substances].map((substance) => [person.number, substance, random.weighted(SEVERITIES)]);
}

/** The rows of `diagnosis` for one person; of the fixed records only the man has one. */
export function diagnosisRows(person: Person): DiagnosisRow[] {
  if (person.number === FIXED_MAN) return [[person.number, 'I10', '2021-06-14']];
  const random = randomFor(person.number, 'diagnosis');
  if (person.fixed || !random.chance(share(ageOn(person, AS_OF)))) return [];
  const age = ageOn(person, person.deathDate ?? AS_OF);
  const possible = DISEASES.filter(([, , , fromAge]) => age >= fromAge).map(
    ([code, , weight]) => [code, weight] as const,
  );
  const codes = new Set([random.weighted(possible), ...(random.chance(0.3) ? [random.weighted(possible)] : [])]);
  return [...codes].map((code) => [person.number, code, dateWithin(person, random)]);
}

const share = (age: number): number => (age >= 50 ? 0.45 : age >= 30 ? 0.18 : 0.05);

/** A day of the last eight years on which the person lived. */
function dateWithin(person: Person, random: Random): string {
  const end = person.deathDate ?? AS_OF;
  const day = addDays(end, -random.int(1, 8 * 365));
  const birth = firstDay(person.birthDate);
  return day < birth ? end : day;
}
