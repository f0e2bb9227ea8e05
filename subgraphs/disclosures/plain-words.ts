import type { Described } from './descriptions.ts';
import type { Term } from './terms.ts';
import { type DepartmentWords, type Item, words } from './words.ts';

/** One kind of data, with the coordinates that were recorded of it. */
export interface DisclosedItem {
  readonly vi: string;
  readonly en: string;
  readonly sensitive: boolean;
  readonly coordinates: readonly string[];
}

/** What was disclosed of one department's data. */
export interface DisclosedData {
  readonly department: Term;
  readonly items: readonly DisclosedItem[];
}

interface Place {
  readonly department: string;
  /** For the order of what is shown. */
  readonly rank: number;
  readonly vi: string;
  readonly en: string;
  readonly sensitive: boolean;
}

/** Says coordinates in plain words: grouped by department, each kind of data once. */
export type PlainWords = ReturnType<typeof plainWords>;

interface Placed {
  readonly place: Place;
}

/** In the order of the table; what the table lacks comes last. */
const byRank = (one: Placed | undefined, other: Placed | undefined): number => {
  const [first, second] = [one?.place.rank ?? UNRANKED, other?.place.rank ?? UNRANKED];
  return first === second ? 0 : first - second;
};

const UNRANKED = Number.POSITIVE_INFINITY;

const placesOf = (table: Readonly<Record<string, DepartmentWords>>): ReadonlyMap<string, Place> => {
  const places = new Map<string, Place>();
  let rank = 0;
  for (const [department, { items }] of Object.entries(table)) {
    for (const item of items) {
      rank += 1;
      for (const field of item.fields) places.set(field, placeOf(department, rank, item));
    }
  }
  return places;
};

const placeOf = (department: string, rank: number, { vi, en, sensitive = false }: Item): Place => ({
  department,
  rank,
  vi,
  en,
  sensitive,
});

/**
 * @param descriptions what stands in for coordinates that the table lacks
 * @param table for tests
 */
export const plainWords = (descriptions: ReadonlyMap<string, Described>, table = words) => {
  const places = placesOf(table);
  const find = (coordinate: string): Place => {
    const known = places.get(coordinate) ?? places.get(`${coordinate.split('.', 1)[0]}.*`);
    if (known) return known;
    const { department = '', vi = coordinate, en = coordinate } = descriptions.get(coordinate) ?? {};
    return { department, rank: UNRANKED, vi: vi || coordinate, en: en || coordinate, sensitive: false };
  };
  const department = (code: string): Term => ({ code, vi: table[code]?.vi ?? code, en: table[code]?.en ?? code });

  return {
    department,
    say: (coordinates: readonly string[]): readonly DisclosedData[] => {
      const byDepartment = new Map<string, Map<string, { place: Place; coordinates: string[] }>>();
      for (const coordinate of coordinates) {
        const place = find(coordinate);
        const items = byDepartment.get(place.department) ?? new Map<string, { place: Place; coordinates: string[] }>();
        byDepartment.set(place.department, items);
        const item = items.get(place.vi) ?? { place, coordinates: [] };
        items.set(place.vi, item);
        item.coordinates.push(coordinate);
      }
      return [...byDepartment]
        .map(([code, items]) => ({ code, items: [...items.values()].sort(byRank) }))
        .sort((one, other) => byRank(one.items[0], other.items[0]))
        .map(({ code, items }) => ({
          department: department(code),
          items: items.map(({ place: { vi, en, sensitive }, coordinates: recorded }) => ({
            vi,
            en,
            sensitive,
            coordinates: recorded,
          })),
        }));
    },
  };
};
