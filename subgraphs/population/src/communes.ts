import { readFileSync } from 'node:fs';
import type { Ethnicity } from './person.ts';
import type { Random, Weighted } from './random.ts';

type Settlement = 'TOWN' | 'PLAIN' | 'HIGHLAND';

export interface Place {
  /** 5 digits. */
  code: string;
  name: string;
  /** Plausible number of inhabitants: the chance that a household lives here. */
  inhabitants: number;
  settlement: Settlement;
  peoples: Weighted<Ethnicity>;
}

/** Communes from one code to the next row's: who lives there. Sizes and shares are invented but plausible. */
interface Region {
  from: string;
  settlement: Settlement;
  inhabitants: number;
  /** Relative shares. */
  peoples: Partial<Record<Ethnicity, number>>;
}

const REGIONS: readonly Region[] = [
  { from: '21025', settlement: 'PLAIN', inhabitants: 30_000, peoples: { KINH: 1 } },
  { from: '21115', settlement: 'HIGHLAND', inhabitants: 12_000, peoples: { KINH: 40, COR: 60 } },
  { from: '21124', settlement: 'HIGHLAND', inhabitants: 8_000, peoples: { KINH: 12, COR: 83, XODANG: 5 } },
  { from: '21172', settlement: 'PLAIN', inhabitants: 32_000, peoples: { KINH: 1 } },
  { from: '21289', settlement: 'HIGHLAND', inhabitants: 17_000, peoples: { KINH: 30, HRE: 70 } },
  { from: '21307', settlement: 'HIGHLAND', inhabitants: 11_000, peoples: { KINH: 8, HRE: 92 } },
  { from: '21334', settlement: 'HIGHLAND', inhabitants: 7_000, peoples: { KINH: 8, HRE: 12, XODANG: 80 } },
  { from: '21349', settlement: 'HIGHLAND', inhabitants: 8_000, peoples: { KINH: 25, HRE: 75 } },
  { from: '21364', settlement: 'PLAIN', inhabitants: 28_000, peoples: { KINH: 1 } },
  { from: '21484', settlement: 'HIGHLAND', inhabitants: 10_000, peoples: { KINH: 18, HRE: 82 } },
  { from: '21548', settlement: 'PLAIN', inhabitants: 22_000, peoples: { KINH: 1 } },
  { from: '23284', settlement: 'TOWN', inhabitants: 38_000, peoples: { KINH: 70, BANA: 26, XODANG: 4 } },
  { from: '23317', settlement: 'HIGHLAND', inhabitants: 16_000, peoples: { KINH: 35, BANA: 62, XODANG: 3 } },
  { from: '23326', settlement: 'HIGHLAND', inhabitants: 18_000, peoples: { KINH: 40, BANA: 20, GIARAI: 40 } },
  { from: '23332', settlement: 'HIGHLAND', inhabitants: 15_000, peoples: { KINH: 35, BANA: 65 } },
  { from: '23341', settlement: 'HIGHLAND', inhabitants: 11_000, peoples: { KINH: 15, GIETRIENG: 80, XODANG: 5 } },
  { from: '23356', settlement: 'HIGHLAND', inhabitants: 6_000, peoples: { GIETRIENG: 15, XODANG: 85 } },
  { from: '23368', settlement: 'HIGHLAND', inhabitants: 9_000, peoples: { KINH: 8, GIETRIENG: 84, XODANG: 8 } },
  { from: '23377', settlement: 'HIGHLAND', inhabitants: 19_000, peoples: { KINH: 45, GIETRIENG: 35, XODANG: 20 } },
  { from: '23401', settlement: 'HIGHLAND', inhabitants: 18_000, peoples: { KINH: 45, XODANG: 55 } },
  { from: '23416', settlement: 'HIGHLAND', inhabitants: 8_000, peoples: { KINH: 5, XODANG: 95 } },
  { from: '23430', settlement: 'HIGHLAND', inhabitants: 9_000, peoples: { KINH: 30, XODANG: 70 } },
  { from: '23446', settlement: 'HIGHLAND', inhabitants: 7_000, peoples: { KINH: 8, XODANG: 92 } },
  { from: '23479', settlement: 'HIGHLAND', inhabitants: 9_000, peoples: { KINH: 35, BANA: 50, XODANG: 15 } },
  { from: '23500', settlement: 'HIGHLAND', inhabitants: 20_000, peoples: { KINH: 55, XODANG: 35, BANA: 10 } },
  { from: '23515', settlement: 'HIGHLAND', inhabitants: 9_000, peoples: { KINH: 10, BANA: 60, XODANG: 30 } },
  { from: '23527', settlement: 'HIGHLAND', inhabitants: 14_000, peoples: { KINH: 45, XODANG: 30, GIARAI: 25 } },
  { from: '23530', settlement: 'HIGHLAND', inhabitants: 6_000, peoples: { KINH: 10, XODANG: 90 } },
  { from: '23534', settlement: 'HIGHLAND', inhabitants: 9_000, peoples: { KINH: 40, BANA: 60 } },
  { from: '23535', settlement: 'HIGHLAND', inhabitants: 6_000, peoples: { KINH: 60, XODANG: 15, BANA: 25 } },
  { from: '23536', settlement: 'HIGHLAND', inhabitants: 7_000, peoples: { KINH: 30, GIARAI: 70 } },
  { from: '23538', settlement: 'HIGHLAND', inhabitants: 6_000, peoples: { KINH: 60, XODANG: 15, BANA: 25 } },
  { from: '23548', settlement: 'HIGHLAND', inhabitants: 8_000, peoples: { KINH: 25, GIARAI: 75 } },
];

const WARD_INHABITANTS = 48_000;

/** The 96 communes of `schema/data/communes.tsv`, in the order of their codes. */
export const places: readonly Place[] = readFileSync(
  new URL('data/communes.tsv', import.meta.resolve('@lienthong/schema/package.json')),
  'utf8',
)
  .split('\n')
  .filter((line) => line !== '')
  .map(placeOf);

function placeOf(line: string): Place {
  const [code, name] = line.split('\t');
  const region = REGIONS.findLast(({ from }) => code !== undefined && from <= code);
  if (code === undefined || name === undefined || region === undefined) {
    throw new Error(`communes.tsv: expected a code of the province, a tab and a name, found «${line}»`);
  }
  const { settlement, inhabitants, peoples } = region;
  const ward = name.startsWith('Phường');
  return {
    code,
    name,
    peoples: Object.entries(peoples) as [Ethnicity, number][],
    settlement: ward ? 'TOWN' : settlement,
    inhabitants: ward ? Math.max(WARD_INHABITANTS, inhabitants) : inhabitants,
  };
}

/** The commune of the fixed household: Sơn Hà. */
export const FIXED_COMMUNE = '21289';

const COVERING = places.toSorted((a, b) => Number(b.code === FIXED_COMMUNE) - Number(a.code === FIXED_COMMUNE));
const BY_INHABITANTS: Weighted<Place> = places.map((place) => [place, place.inhabitants]);

/** A household's commune: the first 96 households cover the province, the rest follow the number of inhabitants. */
export function placeFor(index: number, random: Random): Place {
  return COVERING[index] ?? random.weighted(BY_INHABITANTS);
}
