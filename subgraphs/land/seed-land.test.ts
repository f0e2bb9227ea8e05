import { describe, expect, test } from '@jest/globals';
import { communes } from '@lienthong/kit';
import { AS_OF, households } from '@lienthong/population';
import { type LandRecord, landOf, plots } from './seed-land.ts';

const CITIZENS = 20_000;

function everyParcel(citizens: number): LandRecord[] {
  const next = plots();
  return [...households(citizens)].flatMap((household) => landOf(household, next));
}

const all = everyParcel(CITIZENS);
const keyOf = ({ commune, sheet, number }: LandRecord): string => `${commune}/${sheet}/${number}`;
const [fixed] = all;

describe('the invented parcels', () => {
  test('begin with the one that documents and tests name', () => {
    expect(fixed).toMatchObject({
      commune: '21289',
      sheet: 12,
      number: 345,
      uses: [
        { code: 'ONT', area: 200 },
        { code: 'CLN', area: 850.5 },
      ],
      rights: [{ number: '051085000001', denominator: 1 }],
      encumbrances: [{ kind: 'MORTGAGE', released: null }],
    });
  });

  test('never share a commune, sheet and number, an id or a serial', () => {
    for (const identity of [keyOf, ({ id }: LandRecord) => id]) {
      expect(new Set(all.map(identity)).size).toBe(all.length);
    }
    const serials = all.flatMap(({ certificate }) => (certificate ? [certificate.serial] : []));
    expect(new Set(serials).size).toBe(serials.length);
  });

  test('leave the named parcel free in a commune with many sheets', () => {
    const next = plots();
    const taken = Array.from({ length: 2500 }, () => next('21289', 'forest')).filter(({ sheet }) => sheet === 12);
    expect(taken).toHaveLength(399);
    expect(taken.some(({ number }) => number === 345)).toBe(false);
  });

  test('are the same for the same number of citizens', () => {
    expect(everyParcel(500)).toEqual(everyParcel(500));
  });

  test('lie in every commune', () => {
    expect(new Set(all.map(({ commune }) => commune)).size).toBe(communes.size);
  });

  test('are urban homes in wards and rural homes elsewhere', () => {
    for (const { commune, uses } of all) {
      const urban = communes.get(commune)?.name.startsWith('Phường');
      const misplaced = urban ? 'ONT' : 'ODT';
      expect(uses.map(({ code }) => code)).not.toContain(misplaced);
    }
  });

  test('have areas above zero, with one decimal at most', () => {
    const areas = all.flatMap(({ uses }) => uses.map(({ area }) => area));
    expect(areas.filter((area) => !(area > 0) || Math.round(area * 10) / 10 !== area)).toEqual([]);
  });

  test('are wholly held, by one person or by spouses in equal parts', () => {
    for (const { rights } of all) {
      expect(rights.length).toBe(rights[0]?.denominator);
      expect(new Set(rights.map(({ number }) => number)).size).toBe(rights.length);
    }
    expect(new Set(all.map(({ rights }) => rights.length))).toEqual(new Set([1, 2]));
  });

  test('carry standing and released mortgages and some seizures, none from the future', () => {
    const burdens = all.flatMap(({ encumbrances }) => encumbrances);
    const kinds = burdens.map(({ kind, released }) => `${kind} ${released === null ? 'stands' : 'released'}`);
    expect(new Set(kinds)).toEqual(new Set(['MORTGAGE stands', 'MORTGAGE released', 'SEIZURE stands']));
    for (const { since, released } of burdens) {
      expect(since <= (released ?? AS_OF)).toBe(true);
      expect((released ?? AS_OF) <= AS_OF).toBe(true);
    }
  });
});
