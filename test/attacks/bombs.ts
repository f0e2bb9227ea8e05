/** Operations made to cost the gateway more than their sender, over the province's own schema. */
export interface Bomb {
  readonly name: string;
  /** Advisory or source, as THREATS names it. */
  readonly source: string;
  readonly query: string;
  readonly variables?: Record<string, unknown>;
  /** The code by which it is refused; undefined where it is harmless and answered. */
  readonly code: string | undefined;
}

const FRAGMENTS = 'GHSA-q2f9-x4p4-7xmh';
const OVERLAP = 'CVE-2023-26144';
const PERSON = 'citizen(personalNumber: "051085000001")';

const repeat = (count: number, text: (n: number) => string): string =>
  Array.from({ length: count }, (_, n) => text(n)).join(' ');
const me = (selection: string): string => `{ ${PERSON} { ${selection} } }`;
const relative = (selection: string): string => `family { citizen { ${selection} } }`;
/** So many relatives beside each other on each level. */
const family = ([width = 0, ...deeper]: readonly number[]): string =>
  width === 0 ? 'id' : repeat(width, () => relative(family(deeper)));

export const bombs: readonly Bomb[] = [
  {
    name: 'fragments that each spread the next one twice, to nothing',
    source: FRAGMENTS,
    query: `${me('...F0')} ${repeat(30, (n) => `fragment F${n} on Citizen { ...F${n + 1} ...F${n + 1} }`)} fragment F30 on Citizen { id }`,
    code: undefined,
  },
  {
    name: 'fragments that each spread the next one on four relatives',
    source: FRAGMENTS,
    query: `${me('...F0')} ${repeat(8, (n) => `fragment F${n} on Citizen { ${repeat(4, () => relative(`...F${n + 1}`))} }`)} fragment F8 on Citizen { id }`,
    code: 'LIMIT_COST',
  },
  {
    name: 'fragments that each spread the next one under three aliases',
    source: FRAGMENTS,
    query: `${me('...F0')} ${repeat(8, (n) => `fragment F${n} on Citizen { ${repeat(3, (m) => `a${m}: ${relative(`...F${n + 1}`)}`)} }`)} fragment F8 on Citizen { id }`,
    code: 'LIMIT_COST',
  },
  {
    name: 'fragments that all spread all',
    source: FRAGMENTS,
    query: `${me('...F0')} ${repeat(35, (n) => `fragment F${n} on Citizen { ${relative(repeat(35, (m) => `...F${m}`))} }`)}`,
    code: 'LIMIT_DEPTH',
  },
  {
    name: '200 inline fragments of 100 fields',
    source: FRAGMENTS,
    query: me(repeat(200, () => `... { ${'id '.repeat(100)} }`)),
    code: 'LIMIT_TOKENS',
  },
  {
    name: '38 inline fragments of 100 fields',
    source: FRAGMENTS,
    query: me(repeat(38, () => `... { ${'id '.repeat(100)} }`)),
    code: 'LIMIT_COST',
  },
  { name: 'depth 500', source: FRAGMENTS, query: me(family(Array(250).fill(1))), code: 'LIMIT_DEPTH' },
  {
    name: '1,300 inline fragments within each other',
    source: FRAGMENTS,
    query: `{ ${'... { '.repeat(1_300)} __typename ${'} '.repeat(1_300)} }`,
    code: undefined,
  },
  {
    name: '20,000 tokens',
    source: FRAGMENTS,
    query: `{ ${'a: __typename '.repeat(20_000 / 3)} }`,
    code: 'LIMIT_TOKENS',
  },
  {
    name: '250 operations over one fragment',
    source: FRAGMENTS,
    query: `${repeat(250, (n) => `query Q${n}($a: ID!) { ...F }`)} fragment F on Query { ${repeat(20, () => 'commune(code: $a) { name }')} }`,
    code: 'LIMIT_COST',
  },
  { name: '3,900 equal leaves', source: OVERLAP, query: me('id '.repeat(3_900)), code: 'LIMIT_COST' },
  { name: '990 equal objects', source: OVERLAP, query: me('insurance { level } '.repeat(990)), code: 'LIMIT_COST' },
  { name: 'equal objects, 20 × 20', source: OVERLAP, query: me(family([20, 20])), code: 'LIMIT_COST' },
  {
    name: 'equal objects, doubled on eight levels',
    source: OVERLAP,
    query: me(family(Array(8).fill(2))),
    code: 'LIMIT_COST',
  },
  {
    name: '400 fragments of one field',
    source: OVERLAP,
    query: `${me(repeat(400, (n) => `...F${n}`))} ${repeat(400, (n) => `fragment F${n} on Citizen { id }`)}`,
    code: 'LIMIT_COST',
  },
  {
    name: 'two fields under one key, and 3,000 more',
    source: OVERLAP,
    query: me(`${repeat(59, (n) => `id: ${n % 2 === 0 ? 'sex' : 'fullName'}`)} ${'id '.repeat(3_000)}`),
    code: 'LIMIT_COST',
  },
  {
    name: '220 equal objects, as many as pass',
    source: OVERLAP,
    query: me('insurance { level } '.repeat(220)),
    code: undefined,
  },
  {
    name: '3,900 unknown fields',
    source: FRAGMENTS,
    query: me(repeat(3_900, (n) => `fullNama${n}`)),
    code: 'GRAPHQL_VALIDATION_FAILED',
  },
  {
    name: 'a name of 250 KB',
    source: FRAGMENTS,
    query: `{ ${'x'.repeat(250_000)} }`,
    code: 'GRAPHQL_VALIDATION_FAILED',
  },
  {
    name: 'a list type nested 1,900 times',
    source: FRAGMENTS,
    query: `query ($v: ${'['.repeat(1_900)}Int${']'.repeat(1_900)}) { __typename }`,
    code: 'GRAPHQL_VALIDATION_FAILED',
  },
  {
    name: 'the schema under 59 names',
    source: FRAGMENTS,
    query: `{ ${repeat(59, (n) => `a${n}: __schema { ...F }`)} } fragment F on __Schema { types { name description fields { name description args { name description } } } }`,
    code: 'LIMIT_ALIASES',
  },
  {
    name: 'the types of the schema under 58 names',
    source: FRAGMENTS,
    query: `{ __schema { ${repeat(58, (n) => `t${n}: types { ...F }`)} } } fragment F on __Type { name description fields { name description } }`,
    code: 'LIMIT_ALIASES',
  },
];
