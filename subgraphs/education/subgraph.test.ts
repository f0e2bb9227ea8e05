import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { subgraphContract } from '@lienthong/kit/testing';
import { type EducationFixture, NOBODY, startEducation } from './fixture.ts';
import { education as department } from './index.ts';
import { schools } from './seed/schools.ts';

subgraphContract(department, {
  references: [
    {
      type: 'School',
      unknown: { code: '99999-TH' },
      selection: `{
        name
        commune { name }
        pupils(first: 5) { edges { node { citizen { marks { score } } enrolments { school { name } } } } }
      }`,
      hundred: () => schools.slice(0, 100).map(({ code }) => ({ code })),
    },
  ],
});

let education: EducationFixture;
beforeAll(async () => {
  education = await startEducation();
});
afterAll(() => education?.stop());

const entities = (fields: string) =>
  `query ($people: [_Any!]!) { _entities(representations: $people) { ... on Citizen { ${fields} } } }`;
const people = (ids: readonly string[]) => ({ people: ids.map((id) => ({ __typename: 'Citizen', id })) });

describe('schools', () => {
  test('are public: code, name, commune, level without any scope', async () => {
    const query = '{ school(code: "21289-TH") { code name level commune { code name } } }';
    expect(await education.ask(query, {}, { scopes: [] })).toEqual({
      data: {
        school: {
          code: '21289-TH',
          name: 'Trường Tiểu học Sơn Hà',
          level: 'PRIMARY',
          commune: { code: '21289', name: 'Xã Sơn Hà' },
        },
      },
    });
  });

  test('an unknown code is told apart from a school without data', async () => {
    const { data, errors } = await education.ask('{ school(code: "21289-DH") { name } }');
    expect(data).toEqual({ school: null });
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'NOT_FOUND', reason: 'school_unknown', argument: 'code' });
  });

  test('resolve as entities by code, an unknown one to null', async () => {
    const query = 'query ($schools: [_Any!]!) { _entities(representations: $schools) { ... on School { name } } }';
    const schools = ['21292-TH', 'x'].map((code) => ({ __typename: 'School', code }));
    expect(await education.ask(query, { schools })).toEqual({
      data: { _entities: [{ name: 'Trường Tiểu học Sơn Hạ' }, null] },
    });
  });
});

describe('enrolments', () => {
  test('the fixed daughter is in grade 1 since September 2025, without an end', async () => {
    const fields = 'enrolments(current: true) { school { code name } grade from to }';
    expect(await education.ask(entities(fields), people([education.daughter]))).toEqual({
      data: {
        _entities: [
          {
            enrolments: [
              { school: { code: '21289-TH', name: 'Trường Tiểu học Sơn Hà' }, grade: 1, from: '2025-09-05', to: null },
            ],
          },
        ],
      },
    });
  });

  test('`current` splits all of them, the latest first', async () => {
    const [pupil = ''] = await education.pupilsInGrade(4, 1);
    const query = entities(`
      all: enrolments { grade to }
      current: enrolments(current: true) { grade }
      ended: enrolments(current: false) { grade to }
    `);
    expect((await education.ask(query, people([pupil]))).data?._entities).toEqual([
      {
        all: [4, 3, 2, 1].map((grade) => ({ grade, to: grade === 4 ? null : `${2021 + grade + 1}-05-31` })),
        current: [{ grade: 4 }],
        ended: [3, 2, 1].map((grade) => ({ grade, to: `${2021 + grade + 1}-05-31` })),
      },
    ]);
  });

  test('a citizen who never went to school here has empty lists, and is no error', async () => {
    const fields = 'id enrolments { grade } marks { score }';
    expect(await education.ask(entities(fields), people([NOBODY]))).toEqual({
      data: { _entities: [{ id: NOBODY, enrolments: [], marks: [] }] },
    });
  });
});

describe('marks', () => {
  test('of one school year, with school and grade', async () => {
    const [pupil = ''] = await education.pupilsInGrade(3, 1);
    const fields = 'marks(schoolYear: "2024-2025") { schoolYear grade school { level } subject score }';
    const { data } = await education.ask(entities(fields), people([pupil]));
    const mark = { schoolYear: '2024-2025', grade: 2, school: { level: 'PRIMARY' }, score: expect.any(Number) };
    expect(data?._entities).toEqual([
      {
        marks: [
          { ...mark, subject: 'MATHEMATICS' },
          { ...mark, subject: 'VIETNAMESE' },
        ],
      },
    ]);
  });

  test.each(['2024', '2024-2026', '2024/2025'])('the school year %s is refused', async (year) => {
    const query = `query ($people: [_Any!]!, $year: String) {
      _entities(representations: $people) { ... on Citizen { marks(schoolYear: $year) { score } } }
    }`;
    const { errors } = await education.ask(query, { ...people([education.daughter]), year });
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', reason: 'school_year' });
  });
});

// Apart from each other: asked together, the two ways to a school share a statement or not, as their answers arrive.
test.each([
  'enrolments { school { name commune { name } pupils(first: 5) { edges { node { enrolments { grade } } } } } }',
  'marks { subject school { name } }',
])('100 citizens cost as many statements as 10: %s', async (selection) => {
  const many = await education.somePupils(100);
  expect(many).toHaveLength(100);
  const ten = await education.statementsOf(() => education.ask(entities(selection), people(many.slice(0, 10))));
  const hundred = await education.statementsOf(() => education.ask(entities(selection), people(many)));
  expect(ten.length).toBeGreaterThan(1);
  expect(hundred).toHaveLength(ten.length);
});
