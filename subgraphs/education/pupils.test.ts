import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type EducationFixture, startEducation } from './fixture.ts';

const SCHOOL = '21289-TH';
const PUPILS = 23;

let education: EducationFixture;
beforeAll(async () => {
  education = await startEducation();
  await education.sql(`update enrolment set school = '${SCHOOL}'
    where ended_on is null and id in (select id from enrolment where ended_on is null and grade <= 5
                                      and school <> '${SCHOOL}' order by id limit ${PUPILS})`);
});
afterAll(() => education?.stop());

const PAGE = `query ($school: ID!, $first: Int, $after: String) {
  school(code: $school) {
    pupils(first: $first, after: $after) {
      edges { cursor node { code citizen { id } enrolments(current: true) { grade school { code } } } }
      pageInfo { hasNextPage endCursor }
    }
  }
}`;

interface Page {
  edges: { cursor: string; node: { code: string; enrolments: { grade: number; school: { code: string } }[] } }[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
}

const page = async (variables: { first?: number; after?: string | null; school?: string }) => {
  const { data, errors } = await education.ask(PAGE, { school: SCHOOL, ...variables });
  const found = data?.school as { pupils: Page | null } | null | undefined;
  return { pupils: found?.pupils, errors };
};

const walk = async (first: number): Promise<Page['edges']> => {
  const edges: Page['edges'] = [];
  for (let after: string | null = null; ; ) {
    const { pupils } = await page({ first, after });
    if (pupils == null) throw new Error('no page');
    edges.push(...pupils.edges);
    if (!pupils.pageInfo.hasNextPage) return edges;
    expect(pupils.edges).toHaveLength(first);
    after = pupils.pageInfo.endCursor;
  }
};

test('pages of any size give every present pupil once, by grade, then code', async () => {
  const whole = await walk(100);
  expect(whole.length).toBeGreaterThanOrEqual(PUPILS);
  const keys = whole.map(({ node }) => [node.enrolments[0]?.grade ?? 0, node.code] as const);
  expect(keys).toEqual([...keys].sort(([a, x], [b, y]) => a - b || (x < y ? -1 : 1)));
  for (const { node } of whole) expect(node.enrolments[0]?.school.code).toBe(SCHOOL);
  expect(await walk(1)).toEqual(whole);
  expect(await walk(7)).toEqual(whole);
});

test('a page has 20 pupils unless told', async () => {
  expect((await page({})).pupils?.edges).toHaveLength(20);
});

test('a school without pupils is an empty page', async () => {
  await education.sql(`update enrolment set ended_on = '2025-12-31' where school = '21548-TH' and ended_on is null`);
  expect((await page({ school: '21548-TH' })).pupils).toEqual({
    edges: [],
    pageInfo: { hasNextPage: false, endCursor: null },
  });
});

test.each([0, -1, 101])('a page of %i is refused', async (first) => {
  const { pupils, errors } = await page({ first });
  expect(pupils).toBeNull();
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', reason: 'page_size', argument: 'first' });
});

test('a cursor of another school, or an altered one, is refused', async () => {
  const { pupils } = await page({ first: 1 });
  const cursor = pupils?.pageInfo.endCursor ?? '';
  const altered = (cursor.startsWith('A') ? 'B' : 'A') + cursor.slice(1);
  for (const variables of [{ school: '21292-TH', after: cursor }, { after: altered }, { after: 'x' }, { after: '' }]) {
    const { errors } = await page(variables);
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', reason: 'cursor', argument: 'after' });
  }
});

test('a cursor shows neither grade nor code', async () => {
  const { pupils } = await page({ first: 1 });
  const [edge] = pupils?.edges ?? [];
  const bytes = Buffer.from(edge?.cursor ?? '', 'base64url').toString('latin1');
  expect(bytes.length).toBeGreaterThan(20);
  expect(bytes).not.toContain(edge?.node.code);
});
