import { supergraphOf } from '../../planning/fixture.ts';

/** Departments of a province of houses, beasts and wards: every form that a context may have. */
export const SDL = {
  registry: `
    type Query { houses: [House] street: [House] house: House grid: [[House]] beasts: [Beast] wards: [Ward] school: School }
    type House @key(fields: "id") @context(name: "plot") {
      holdings: [Holding]
      id: ID! rank: Int code: String rooms: [Room] front: Room head: Person people: [Person!] pages: Pages
      price(currency: String): Int
    }
    type Room @shareable { size: Int door: Door }
    type Door @shareable { width: Int }
    type Pages { items: [Item!]! }
    type Item { person: Person note: String }
    type Person @key(fields: "id") { id: ID! name: String age: Int friend: Person house: House }
    interface Beast @context(name: "beast") { id: ID! years: Int toys: [Toy] }
    type Cat implements Beast @key(fields: "id") { id: ID! years: Int toys: [Toy] lives: Int }
    type Dog implements Beast @key(fields: "id") { id: ID! years: Int toys: [Toy] }
    type Toy @key(fields: "id") { id: ID! squeak(years: Int @fromContext(field: "$beast { years }"), loud: Boolean): String }
    union Holding = Farm | Shop
    type Farm @key(fields: "id") @context(name: "plot") { id: ID! rank: Int crop: Crop }
    type Shop @key(fields: "id") { id: ID! crop: Crop }
    type Crop @key(fields: "id") { id: ID! grown(rank: Int @fromContext(field: "$plot { rank }")): String }
    union Ward @context(name: "ward") = School | Clinic
    type School @key(fields: "id") { id: ID! pupils: Int desk: Desk }
    type Clinic @key(fields: "id") { id: ID! beds: [Bed] desk: Desk }
    type Bed { count: Int }
    type Desk @key(fields: "id") {
      id: ID!
      look(of: Int @fromContext(field: "$ward ... on School { pupils } ... on Clinic { front }")): String
    }
    extend type Clinic { front: Int }`,
  facts: `
    type House @key(fields: "id") @context(name: "house") {
      id: ID! rank: Int @external level: Int @external rooms: [Room] @external front: Room @external
      price(currency: String): Int @external
    }
    type Room @shareable { size: Int door: Door }
    type Door @shareable { width: Int }
    type Person @key(fields: "id") {
      id: ID!
      age: Int @external
      mark(rank: Int @fromContext(field: "$house { rank }"), of: String): String
      floor(level: Int @fromContext(field: "$house { level }")): String
      sizes(all: [Int] @fromContext(field: "$house { rooms { size } }")): String
      width(of: Int @fromContext(field: "$house { front { door { width } } }")): String
      cost(of: Int @fromContext(field: "$house { price }")): String
      both(rank: Int @fromContext(field: "$house { rank }"), level: Int @fromContext(field: "$house { level }")): Badge
      sum(rank: Int @fromContext(field: "$house { rank }")): String @requires(fields: "age")
    }
    type Badge { text: String person: Person }`,
  levels: `
    type House @key(fields: "id") { id: ID! level: Int guest: Person }
    type Person @key(fields: "id") { id: ID! }`,
} as const;

export const SUPERGRAPH = supergraphOf(SDL);

/** An object of the province; a member that is a function is a field that takes arguments. */
export interface Thing {
  readonly [name: string]: unknown;
}

type Arguments = Readonly<Record<string, unknown>>;
const told = (name: string, args: Arguments): string => `${name} ${JSON.stringify(args)}`;

/** Ranks of houses below which a field fails. */
const FAILING = new Set<unknown>([1_007, 1_039]);

const person = (id: string, others: () => Thing): Thing => {
  const self: Thing = {
    ...{ __typename: 'Person', id, name: `person ${id}`, age: id === 'p2' ? null : id.length * 10 },
    mark({ rank, of }: Arguments) {
      if (FAILING.has(rank)) throw new Error('failing');
      return told(`mark ${id}`, { rank: rank ?? null, of: of ?? null });
    },
    floor: (args: Arguments) => told(`floor ${id}`, args),
    sizes: (args: Arguments) => told(`sizes ${id}`, args),
    width: (args: Arguments) => told(`width ${id}`, args),
    cost: (args: Arguments) => told(`cost ${id}`, args),
    both: (args: Arguments) => ({ __typename: 'Badge', text: told(`both ${id}`, args), person: self }),
    sum(this: Thing, args: Arguments) {
      return told(`sum ${id} ${this.age}`, args);
    },
    get friend() {
      return others().friend;
    },
    get house() {
      return others().house;
    },
  };
  return self;
};
const room = (size: number | null, width?: number | null): Thing => ({
  ...{ __typename: 'Room', size },
  door: width === undefined ? null : { __typename: 'Door', width },
});

const p1: Thing = person('p1', () => ({ friend: p2, house: h2 }));
const p2: Thing = person('p2', () => ({ friend: p1, house: null }));
const p3: Thing = person('p3', () => ({ friend: null, house: h1 }));
const house = (id: string, rest: Thing): Thing => ({
  ...{ __typename: 'House', id, code: `code ${id}` },
  ...{ rank: null, level: null, rooms: null, front: null },
  price: ({ currency }: Arguments) => (currency === undefined ? 1 : 2),
  ...rest,
});
const crop: Thing = {
  ...{ __typename: 'Crop', id: 'r1' },
  grown: ({ rank }: Arguments) => told('grown', { rank: rank ?? null }),
};
const holdings = [
  { __typename: 'Farm', id: 'f1', rank: 71, crop },
  { __typename: 'Shop', id: 'o1', crop },
  { __typename: 'Farm', id: 'f2', rank: null, crop },
];
const h1 = house('h1', {
  ...{ rank: 1, level: 11, rooms: [room(10, 1), null, room(null)], front: room(5, 7), head: p1, people: [p1, p2, p3] },
  ...{ pages: { items: [{ person: p2, note: 'n' }, { person: null }, { person: p1 }] }, guest: p3, holdings },
});
const h2 = house('h2', {
  ...{ rank: 2, level: null, rooms: [], front: room(5), head: p1, people: [p2], pages: { items: [] }, guest: p1 },
});
const h3 = house('h3', {
  ...{ rank: null, level: 33, rooms: null, front: null, head: p2, people: null, pages: null },
  guest: p1,
});

const toy = (id: string): Thing => ({
  ...{ __typename: 'Toy', id },
  squeak: ({ years, loud }: Arguments) => told(`squeak ${id}`, { years: years ?? null, loud: loud ?? null }),
});
const desk = (id: string): Thing => ({
  ...{ __typename: 'Desk', id },
  look: ({ of }: Arguments) => told(`look ${id}`, { of: of ?? null }),
});
const school = { __typename: 'School', id: 's1', pupils: 300, desk: desk('d1') };

/** What the root fields of departments return. */
export const ROOT: Thing = {
  houses: [h1, null, h2, h3, h1],
  street: Array.from({ length: 40 }, (_, number) => house(`s${number}`, { rank: 1_000 + number, head: p1, guest: p3 })),
  house: h2,
  grid: [[h1, h2], null, [h3, null]],
  beasts: [
    { __typename: 'Cat', id: 'c1', years: 3, toys: [toy('t1'), toy('t2')], lives: 9 },
    { __typename: 'Dog', id: 'b1', years: null, toys: [toy('t1'), null] },
    { __typename: 'Cat', id: 'c2', years: 4, toys: null, lives: null },
    { __typename: 'Dog', id: 'b2', years: 3, toys: [toy('t3')] },
  ],
  wards: [
    school,
    { __typename: 'Clinic', id: 'k1', front: 12, beds: [{ count: 1 }], desk: desk('d1') },
    { __typename: 'Clinic', id: 'k2', front: null, beds: null, desk: desk('d2') },
  ],
  school,
};

/** The same objects by type and id, for whoever is asked about one. */
export const entity = (type: unknown, id: unknown): Thing | null => {
  const found = (value: unknown, seen: Set<unknown>): Thing | undefined => {
    if (typeof value !== 'object' || value === null || seen.has(value)) return undefined;
    seen.add(value);
    const thing = value as Thing;
    if (thing.__typename === type && thing.id === id) return thing;
    for (const member of Object.values(thing)) {
      const inside = found(member, seen);
      if (inside) return inside;
    }
    return undefined;
  };
  return found(ROOT, new Set()) ?? null;
};
