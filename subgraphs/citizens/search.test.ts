import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { foldVietnamese } from '@lienthong/kit';
import { households } from '@lienthong/population';
import { searchWords } from './search.ts';
import { type RunningCitizens, SEEDED, startCitizens } from './testing.ts';

describe('the words of a name', () => {
  test.each([
    ['Phạm Văn Hiếu', ['pham', 'van', 'hieu']],
    ['Sơn Hà', ['son', 'ha']],
    ['Sơn Hạ', ['son', 'ha']],
    ['ĐẶNG THUỲ TRÂM', ['dang', 'thuy', 'tram']],
    ['A Khuih', ['a', 'khuih']],
    ["Rơ Châm H'Bia", ['ro', 'cham', 'hbia']],
    ['H’Bia', ['hbia']],
    ['Hoà'.normalize('NFD'), ['hoa']],
    ['  Y   Hrêng\t', ['y', 'hreng']],
    ["pham:* & !van | 'x' <-> \\ \u0000", ['pham', 'van', 'x']],
    ['%_(*)', []],
  ])('%j', (name, words) => {
    expect(searchWords(name)).toEqual(words);
  });
});

const SEARCH = `query ($text: String!, $first: Int, $after: String) {
  searchCitizens(text: $text, first: $first, after: $after) {
    edges { cursor node { fullName personalNumber } }
    pageInfo { hasNextPage endCursor }
  }
}`;

interface Page {
  edges: { cursor: string; node: { fullName: string; personalNumber: string } }[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
}

const everyone = [...households(SEEDED)].flatMap(({ members }) => members);
const withFolded = (pattern: RegExp) => everyone.filter(({ fullName }) => pattern.test(foldVietnamese(fullName)));

describe('a search', () => {
  let department: RunningCitizens;
  beforeAll(async () => {
    department = await startCitizens();
  }, 60_000);
  afterAll(() => department.close());

  const search = async (variables: { text: string; first?: number; after?: string | null }): Promise<Page> =>
    (await department.data<{ searchCitizens: Page }>(SEARCH, variables)).searchCitizens;

  const searchAll = async (text: string, first = 100) => {
    const found: Page['edges'][number]['node'][] = [];
    for (let after: string | null = null, more = true; more; ) {
      const { edges, pageInfo } = await search({ text, first, after });
      expect(edges.length).toBeLessThanOrEqual(first);
      found.push(...edges.map(({ node }) => node));
      ({ endCursor: after, hasNextPage: more } = pageInfo);
    }
    return found;
  };
  const namesFor = async (text: string) => (await searchAll(text)).map(({ fullName }) => fullName);

  test.each([
    'Phạm Văn Hiếu',
    'pham van hieu',
    'HIEU PHAM',
    'hiếu phạm văn',
    'hie pha',
    "hieu' | ! & (pham:*) <-> \u0000",
  ])('for %j finds the fixed man', async (text) => {
    expect(await namesFor(text)).toContain('Phạm Văn Hiếu');
  });

  test('finds names together that differ by accents alone', async () => {
    const found = await namesFor('ha');
    const given = found.map((name) => name.split(' ').at(-1));
    expect(given).toEqual(expect.arrayContaining(['Hà', 'Hạ']));
    expect(found.toSorted()).toEqual(
      withFolded(/(^| )ha/)
        .map(({ fullName }) => fullName)
        .toSorted(),
    );
  });

  test('wants every word', async () => {
    expect(await namesFor('pham hieu zzz')).toEqual([]);
    const found = await namesFor('nguyen thi');
    expect(found.length).toBeGreaterThan(20);
    expect(found.map(foldVietnamese).filter((name) => !/nguyen/.test(name) || !/(^| )thi/.test(name))).toEqual([]);
  });

  test('takes the A and Y of highland names as words, not as beginnings', async () => {
    const found = await namesFor('y lan');
    expect(found).toContain('Y Lan');
    expect(found.filter((name) => !name.startsWith('Y '))).toEqual([]);
  });

  test('sorts by given name, then in full, the Vietnamese way', async () => {
    const { compare } = new Intl.Collator('vi');
    const givenName = new Map(everyone.map((person) => [person.fullName, person.givenName]));
    const given = (name: string) => givenName.get(name) ?? '';
    const found = await namesFor('th');
    expect(found.length).toBeGreaterThan(200);
    expect(found).toEqual(found.toSorted((a, b) => compare(given(a), given(b)) || compare(a, b)));
  });

  test('has pages that join without a gap or a repeat', async () => {
    const found = (await searchAll('pham', 7)).map(({ personalNumber }) => personalNumber);
    expect(found.toSorted()).toEqual(
      withFolded(/(^| )pham/)
        .map(({ number }) => number)
        .toSorted(),
    );
  });

  test('opens its cursors for the same words in another order, and for nothing else', async () => {
    const { pageInfo } = await search({ text: 'nguyen van', first: 2 });
    const { endCursor } = pageInfo;
    expect((await search({ text: 'VĂN nguyễn', first: 2, after: endCursor })).edges).toHaveLength(2);
    for (const [text, after] of [
      ['nguyen', endCursor],
      ['nguyen van', `${endCursor?.slice(0, -2)}xx`],
      ['nguyen van', 'Nguyễn'],
    ]) {
      const { errors } = await department.ask(SEARCH, { text, after });
      expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', reason: 'cursor' } }]);
    }
  });

  test.each([
    ['one letter', { text: 'h' }, 'search_text'],
    ['nothing', { text: '' }, 'search_text'],
    ['signs alone', { text: "%_:*&|!'()" }, 'search_text'],
    ['digits alone', { text: '051085000001' }, 'search_text'],
    ['a novel', { text: 'pham '.repeat(50) }, 'search_text'],
    ['a page of 0', { text: 'pham', first: 0 }, 'page_size'],
    ['a page of 101', { text: 'pham', first: 101 }, 'page_size'],
  ])('for %s is refused', async (_what, variables, reason) => {
    const { errors } = await department.ask(SEARCH, variables);
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', reason } }]);
  });

  test('costs as many statements for a page of 100 people as for 5', async () => {
    const PAGE = `query ($first: Int) {
      searchCitizens(text: "ng", first: $first) {
        edges { node { fullName residence { commune { name } } family { citizen { residence { address } } } } }
      }
    }`;
    const few = await department.statementsOf(PAGE, { first: 5 });
    expect(await department.statementsOf(PAGE, { first: 100 })).toHaveLength(few.length);
    expect(few.length).toBeLessThanOrEqual(4);
  });
});
