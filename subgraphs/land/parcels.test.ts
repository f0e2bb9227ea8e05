import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type LandFixture, startLand } from './fixture.ts';

const COMMUNE = '21025';
const SHEET = 500;
const PARCELS = 120;

let land: LandFixture;
beforeAll(async () => {
  land = await startLand(3);
  const parcels = Array.from({ length: PARCELS }, (_, index) => ({
    commune: COMMUNE,
    sheet: SHEET + (index % 3),
    number: PARCELS - index,
  }));
  await land.db.insertInto('parcels').values(parcels).execute();
}, 60_000);
afterAll(() => land?.stop());

interface Page {
  readonly edges: readonly {
    readonly cursor: string;
    readonly node: { readonly sheet: number; readonly number: number };
  }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

const query = `query ($commune: ID!, $first: Int, $after: String) {
  parcels(commune: $commune, first: $first, after: $after) {
    edges { cursor node { sheet number } } pageInfo { hasNextPage endCursor }
  }
}`;

async function page(variables: { commune?: string; first?: number; after?: string | null }): Promise<Page> {
  const { data, errors } = await land.ask(query, { commune: COMMUNE, ...variables });
  expect(errors).toBeUndefined();
  return data?.parcels as Page;
}

const refusalOf = async (variables: object): Promise<unknown> => {
  const { data, errors } = await land.ask(query, { commune: COMMUNE, ...variables });
  expect(data).toEqual({ parcels: null });
  return errors?.map(({ extensions }) => [extensions?.code, extensions?.reason, extensions?.argument]);
};

describe('the parcels of a commune', () => {
  test('come page by page, each once, by sheet and number', async () => {
    const seen: [number, number][] = [];
    let after: string | null = null;
    let pages = 0;
    do {
      const { edges, pageInfo }: Page = await page({ first: 50, after });
      seen.push(...edges.map(({ node }): [number, number] => [node.sheet, node.number]));
      after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
      pages += 1;
    } while (after !== null);
    expect(pages).toBe(3);
    expect(seen).toHaveLength(PARCELS);
    expect(seen).toEqual([...seen].sort(([s1, n1], [s2, n2]) => s1 - s2 || n1 - n2));
  });

  test('are 20 a page unless told otherwise', async () => {
    expect((await page({})).edges).toHaveLength(20);
  });

  test('go on after any edge, not only the last', async () => {
    const { edges } = await page({ first: 3 });
    const { edges: next } = await page({ first: 1, after: edges[1]?.cursor ?? '' });
    expect(next).toEqual([edges[2]]);
  });

  test('of a commune without any are an empty page', async () => {
    expect(await page({ commune: '21548' })).toEqual({ edges: [], pageInfo: { hasNextPage: false, endCursor: null } });
  });

  test('cost a constant number of statements with all that belongs to them', async () => {
    const nested = `query ($first: Int) { parcels(commune: "${COMMUNE}", first: $first) { edges { node {
      area uses { code } rights { share holder { holdings { share } } } encumbrances { kind } certificate { serial }
    } } } }`;
    const count = async (first: number) => {
      land.subgraph.statements.length = 0;
      expect((await land.ask(nested, { first })).errors).toBeUndefined();
      return land.subgraph.statements.length;
    };
    expect([await count(10), await count(100)]).toEqual([5, 5]);
  });

  test.each([
    ['a page of 0', { first: 0 }, ['BAD_USER_INPUT', 'page_size', 'first']],
    ['a page of 101', { first: 101 }, ['BAD_USER_INPUT', 'page_size', 'first']],
    ['a cursor that is none', { after: 'abc' }, ['BAD_USER_INPUT', 'cursor', 'after']],
    ['a malformed commune', { commune: 'x' }, ['BAD_USER_INPUT', 'commune_code_format', 'commune']],
    ['an unknown commune', { commune: '00001' }, ['BAD_USER_INPUT', 'commune_unknown', 'commune']],
  ])('refuse %s', async (_, variables, refusal) => {
    expect(await refusalOf(variables)).toEqual([refusal]);
  });

  test('refuse the cursor of another commune', async () => {
    const { pageInfo } = await page({ first: 1 });
    const refusal = await refusalOf({ commune: '21028', after: pageInfo.endCursor });
    expect(refusal).toEqual([['BAD_USER_INPUT', 'cursor', 'after']]);
  });

  test('have cursors that tell nothing', async () => {
    const { edges } = await page({ first: 1 });
    expect(Buffer.from(edges[0]?.cursor ?? '', 'base64url').toString('latin1')).not.toContain(String(SHEET));
  });
});
