import { AS_OF, type Person, randomFor } from '@lienthong/population';
import { addDays, addMonths, firstDay } from '../calendar.ts';

/** One dose of the national expanded programme and the age, in months, at which it is due. */
interface ScheduledDose {
  readonly vaccine: string;
  readonly dose: number;
  readonly month: number;
}

/** Circular 10/2024/TT-BYT, without the vaccines that the programme is still rolling out. */
const EPI: readonly ScheduledDose[] = [
  { vaccine: 'BCG', dose: 1, month: 0 },
  { vaccine: 'HepB', dose: 1, month: 0 },
  { vaccine: 'DPT-VGB-Hib', dose: 1, month: 2 },
  { vaccine: 'OPV', dose: 1, month: 2 },
  { vaccine: 'DPT-VGB-Hib', dose: 2, month: 3 },
  { vaccine: 'OPV', dose: 2, month: 3 },
  { vaccine: 'DPT-VGB-Hib', dose: 3, month: 4 },
  { vaccine: 'OPV', dose: 3, month: 4 },
  { vaccine: 'IPV', dose: 1, month: 5 },
  { vaccine: 'IPV', dose: 2, month: 9 },
  { vaccine: 'MV', dose: 1, month: 9 },
  { vaccine: 'JE', dose: 1, month: 12 },
  { vaccine: 'JE', dose: 2, month: 13 },
  { vaccine: 'MR', dose: 1, month: 18 },
  { vaccine: 'DPT', dose: 1, month: 18 },
  { vaccine: 'JE', dose: 3, month: 24 },
];

const COVID19_DOSES = 2;
const COVID19_VACCINES = ['AstraZeneca', 'Pfizer-BioNTech', 'Moderna', 'Vero Cell'] as const;

/** The rows of `series`. */
export const SERIES = [
  ['EPI', EPI.length],
  ['COVID19', COVID19_DOSES],
] as const;

/** The national register of immunizations holds nobody born earlier. */
const FIRST_EPI_BIRTH_YEAR = 2010;
const LAST_COVID19_BIRTH_YEAR = 2009;

type Dose = readonly [person: string, series: string, vaccine: string, number: number, date: string];

/** The rows of `dose` for one person. */
export function doseRows(person: Person): Dose[] {
  const end = person.deathDate ?? AS_OF;
  return [...epi(person), ...covid19(person)].filter(([, , , , date]) => date <= end);
}

/** Most children follow the schedule a few days late; some drop out, which leaves the series incomplete. */
function epi(person: Person): Dose[] {
  if (person.birthYear < FIRST_EPI_BIRTH_YEAR) return [];
  const random = randomFor(person.number, 'epi');
  const follows = random.chance(0.9) || person.fixed;
  const given = follows ? EPI : EPI.slice(0, random.int(0, EPI.length - 1));
  const birth = firstDay(person.birthDate);
  return given.map(({ vaccine, dose, month }) => {
    const late = month === 0 ? 0 : random.int(0, 12);
    return [person.number, 'EPI', vaccine, dose, addDays(addMonths(birth, month), late)];
  });
}

/** The basic doses of 2021 and 2022. */
function covid19(person: Person): Dose[] {
  if (person.birthYear > LAST_COVID19_BIRTH_YEAR) return [];
  const random = randomFor(person.number, 'covid19');
  if (!random.chance(0.93) && !person.fixed) return [];
  const vaccine = random.pick(COVID19_VACCINES);
  const first = addDays('2021-08-15', random.int(0, 120));
  const doses = person.fixed || random.chance(0.96) ? COVID19_DOSES : 1;
  return [first, addDays(first, random.int(28, 60))]
    .slice(0, doses)
    .map((date, index) => [person.number, 'COVID19', vaccine, index + 1, date]);
}
