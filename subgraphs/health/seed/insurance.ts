import { AS_OF, type Person, type Random, randomFor } from '@lienthong/population';
import { addDays, addMonths, firstDay } from '../calendar.ts';
import { hospitalsNear, insuranceProvince, stationOf } from './facilities.ts';
import { ageOn, FIXED_MAN, type Resident } from './people.ts';

/** Benefit level of each group, after Decision 1351/QĐ-BHXH of 2015. */
const LEVEL = { DN: 4, HC: 4, HT: 3, TE: 1, HS: 4, HN: 2, CN: 3, DT: 2, XD: 2, GD: 4 } as const;
type Group = keyof typeof LEVEL;

const COVERED_SHARE = 0.92;
const LY_SON = '21548';
/** From this day on people are identified by their personal number and get no card number. */
const NO_MORE_CARD_NUMBERS = '2025-08-01';
/** Deaths before this day left no row in today's system. */
const OLDEST_RECORD = '2020-01-01';

const THIS_YEAR = { from: '2026-01-01', to: '2026-12-31' };
const LAST_YEAR = { from: '2025-01-01', to: '2025-12-31' };

/** A row of `insurance`, or null for who has none. */
export function insuranceRow(resident: Resident): readonly unknown[] | null {
  const { person, household } = resident;
  const random = randomFor(person.number, 'insurance');
  if (!random.chance(COVERED_SHARE) && !person.fixed) return null;
  if (person.deathDate !== null && person.deathDate < OLDEST_RECORD) return null;
  const group = person.number === FIXED_MAN ? 'GD' : groupOf(resident, random);
  const { from, to } = validity(person, group, random);
  const elsewhere = !person.fixed && random.chance(0.2);
  const facility = elsewhere ? random.pick(hospitalsNear(household.commune)).code : stationOf(household.commune);
  const cardNumber = from >= NO_MORE_CARD_NUMBERS && group === 'TE' ? null : cardNumberOf(resident, group);
  return [person.number, cardNumber, group, LEVEL[group], from, to, facility];
}

function groupOf({ person, household }: Resident, random: Random): Group {
  const age = ageOn(person, AS_OF);
  if (age < 6) return 'TE';
  if (household.commune === LY_SON) return 'XD';
  const welfare = randomFor(household.code, 'welfare').next();
  if (welfare < 0.07) return 'HN';
  if (person.ethnicity !== 'KINH' && random.chance(0.8)) return 'DT';
  if (welfare < 0.13) return 'CN';
  if (age < 18) return 'HS';
  if (age >= 60) return random.chance(0.4) ? 'HT' : 'GD';
  return random.weighted<Group>([
    ['GD', 50],
    ['DN', 38],
    ['HC', 12],
  ]);
}

function validity(person: Person, group: Group, random: Random): { from: string; to: string } {
  if (person.deathDate !== null) return { from: `${person.deathDate.slice(0, 4)}-01-01`, to: person.deathDate };
  if (group === 'TE') return { from: firstDay(person.birthDate), to: endOfChildhoodCover(person.birthDate) };
  return !person.fixed && random.chance(0.06) ? LAST_YEAR : THIS_YEAR;
}

/** Decree 146/2018, article 12: to the end of the month in which the child is six, or to 30 September of that year. */
function endOfChildhoodCover(birthDate: string): string {
  const sixth = addMonths(firstDay(birthDate), 72);
  const endOfMonth = addDays(`${addMonths(sixth, 1).slice(0, 7)}-01`, -1);
  const schoolStart = `${sixth.slice(0, 4)}-09-30`;
  return endOfMonth > schoolStart ? endOfMonth : schoolStart;
}

/** Coprime with 10⁸: people next to each other in the stream do not get numbers next to each other, and none twice. */
const STRIDE = 38_196_601;

/** Group, level, province, ten digits. The ten of invented people start with 20, those of the fixed man with 21. */
function cardNumberOf({ person, household, ordinal }: Resident, group: Group): string {
  const digits =
    person.number === FIXED_MAN ? '2101234567' : `20${String((ordinal * STRIDE) % 100_000_000).padStart(8, '0')}`;
  return `${group}${LEVEL[group]}${insuranceProvince(household.commune)}${digits}`;
}
