import { createHash } from 'node:crypto';
import { communes } from '@lienthong/kit';
import { AS_OF, type Household, type Random, randomFor, type Weighted } from '@lienthong/population';
import type { Encumbrance, ParcelKey, ParcelUse } from './data.ts';
import type { LandUse, RightOrigin } from './tables.ts';

/** One invented parcel with all that is registered about it. */
export interface LandRecord extends ParcelKey {
  readonly id: string;
  readonly uses: readonly ParcelUse[];
  readonly origin: RightOrigin;
  readonly since: string;
  /** Equal shares: one of `denominator` each. */
  readonly rights: readonly { readonly number: string; readonly denominator: number }[];
  readonly encumbrances: readonly Encumbrance[];
  readonly certificate: { readonly serial: string; readonly issuedOn: string } | null;
}

/** Which map sheets a parcel lies on: a commune's houses, fields and forest are surveyed separately. */
type Zone = 'houses' | 'fields' | 'forest';
const zones: readonly Zone[] = ['houses', 'fields', 'forest'];

const parcelsPerSheet = 400;
/** Coprime to the above: spreads neighbours over the sheet and meets every number once. */
const stride = 149;

/** The parcel that documents and tests name. */
const fixedKey: ParcelKey = { commune: '21289', sheet: 12, number: 345 };
const isFixed = (key: ParcelKey): boolean =>
  key.commune === fixedKey.commune && key.sheet === fixedKey.sheet && key.number === fixedKey.number;

/** Hands out the next free sheet and number of a commune's zone; keeps three counters a commune, whatever the seed's size. */
export type NextPlot = (commune: string, zone: Zone) => ParcelKey;

export function plots(): NextPlot {
  const taken = new Map<string, number>();
  const next: NextPlot = (commune, zone) => {
    const counter = `${commune}/${zone}`;
    const index = taken.get(counter) ?? 0;
    taken.set(counter, index + 1);
    const sheet = 1 + zones.indexOf(zone) + zones.length * Math.floor(index / parcelsPerSheet);
    const number = 1 + ((index * stride) % parcelsPerSheet);
    const key = { commune, sheet, number };
    return isFixed(key) ? next(commune, zone) : key;
  };
  return next;
}

/** The land of a household: its home, and in the countryside often fields or forest. */
export function landOf(household: Household, next: NextPlot): LandRecord[] {
  if (household.index === 0) return [fixedParcel(household)];
  const random = randomFor(household.code, 'land');
  return usesOf(household, random).map(([zone, uses]) => {
    const key = next(household.commune, zone);
    const since = laterDate(household.since, random, AS_OF);
    return {
      ...key,
      id: parcelId(key),
      uses,
      origin: random.weighted(origins),
      since,
      rights: holders(household, random),
      encumbrances: burdens(key.commune, since, random),
      certificate: random.chance(0.93) ? { serial: serial(key), issuedOn: laterDate(since, random, AS_OF) } : null,
    };
  });
}

/** It does not age and does not depend on any draw. */
function fixedParcel({ members }: Household): LandRecord {
  return {
    ...fixedKey,
    id: parcelId(fixedKey),
    uses: [
      { code: 'ONT', area: 200 },
      { code: 'CLN', area: 850.5 },
    ],
    origin: 'INHERITANCE',
    since: '2012-05-20',
    rights: members.slice(0, 1).map(({ number }) => ({ number, denominator: 1 })),
    encumbrances: [
      {
        kind: 'MORTGAGE',
        creditor: 'Ngân hàng Nông Lâm Trà Khúc – chi nhánh Sơn Hà',
        since: '2024-03-18',
        released: null,
      },
    ],
    certificate: { serial: serial(fixedKey), issuedOn: '2012-08-15' },
  };
}

const origins: Weighted<RightOrigin> = [
  ['RECOGNITION', 50],
  ['ALLOCATION', 20],
  ['INHERITANCE', 15],
  ['TRANSFER', 15],
];

const fields: Weighted<readonly [Zone, LandUse, low: number, high: number]> = [
  [['fields', 'LUC', 300, 2500], 40],
  [['fields', 'LUK', 200, 1500], 12],
  [['fields', 'HNK', 300, 4000], 22],
  [['fields', 'CLN', 400, 6000], 10],
  [['forest', 'RSX', 3000, 30_000], 14],
  [['forest', 'RPH', 5000, 40_000], 2],
];

function usesOf({ commune }: Household, random: Random): (readonly [Zone, readonly ParcelUse[]])[] {
  const urban = communes.get(commune)?.name.startsWith('Phường ') ?? false;
  const home: ParcelUse[] = [
    urban ? { code: 'ODT', area: area(50, 250, random) } : { code: 'ONT', area: area(100, 400, random) },
  ];
  if (random.chance(urban ? 0.15 : 0.55)) home.push({ code: 'CLN', area: area(50, urban ? 400 : 1500, random) });
  const count = random.weighted<number>(urban ? fewFields : manyFields);
  const others = Array.from({ length: count }, () => {
    const [zone, code, low, high] = random.weighted(fields);
    return [zone, [{ code, area: area(low, high, random) }]] as const;
  });
  return [['houses', home], ...others];
}

const fewFields: Weighted<number> = [
  [0, 80],
  [1, 20],
];
const manyFields: Weighted<number> = [
  [0, 25],
  [1, 45],
  [2, 30],
];

/** m², to a tenth. */
const area = (low: number, high: number, random: Random): number => random.int(low * 10, high * 10) / 10;

/** Spouses hold jointly as a rule; otherwise the head of the household alone. */
function holders({ members }: Household, random: Random): LandRecord['rights'] {
  const [head, spouse] = [members[0], members.find(({ role }) => role === 'SPOUSE')];
  if (head === undefined) return [];
  if (spouse === undefined || random.chance(0.25)) return [{ number: head.number, denominator: 1 }];
  return [head, spouse].map(({ number }) => ({ number, denominator: 2 }));
}

/** Invented lenders. */
const lenders = [
  'Ngân hàng Nông Lâm Trà Khúc',
  'Ngân hàng Phát triển Thiên Ấn',
  'Ngân hàng Hợp tác Cổ Lũy',
  'Quỹ tín dụng nhân dân Sông Vệ',
] as const;

function burdens(commune: string, since: string, random: Random): Encumbrance[] {
  const place = (communes.get(commune)?.name ?? commune).replace(/^(Xã|Phường|Đặc khu) /, '');
  const mortgage = (released: boolean): Encumbrance => {
    const from = laterDate(since, random, AS_OF);
    const creditor = `${random.pick(lenders)} – chi nhánh ${place}`;
    return { kind: 'MORTGAGE', creditor, since: from, released: released ? laterDate(from, random, AS_OF) : null };
  };
  const burdens: Encumbrance[] = [];
  if (random.chance(0.08)) burdens.push(mortgage(true));
  if (random.chance(0.14)) burdens.push(mortgage(false));
  if (random.chance(0.004)) {
    const creditor = 'Thi hành án dân sự tỉnh Quảng Ngãi';
    burdens.push({ kind: 'SEIZURE', creditor, since: laterDate(since, random, AS_OF), released: null });
  }
  return burdens;
}

const dayLength = 86_400_000;

/** A day from `start` to `end`, both included; `start` itself when it is not before `end`. */
function laterDate(start: string, random: Random, end: string): string {
  const first = Date.parse(start);
  const days = Math.max(0, Math.floor((Date.parse(end) - first) / dayLength));
  return new Date(first + random.int(0, days) * dayLength).toISOString().slice(0, 10);
}

const digest = (key: ParcelKey): string =>
  createHash('sha256').update(`${key.commune}/${key.sheet}/${key.number}`).digest('hex');

/** A UUID of the custom kind (RFC 9562, version 8): the same parcel has the same id in every seed. */
function parcelId(key: ParcelKey): string {
  const hex = digest(key);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** Unique because the parcel's key is in it; real serials say nothing about the land. */
const serial = ({ commune, sheet, number }: ParcelKey): string =>
  `QN ${commune}${String(sheet).padStart(4, '0')}${String(number).padStart(3, '0')}`;
