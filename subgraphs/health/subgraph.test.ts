import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { subgraphContract } from '@lienthong/kit/testing';
import { type HealthFixture, NOBODY, numbers, startHealth } from './fixture.ts';
import { health as department } from './index.ts';

subgraphContract(department, {
  references: [
    {
      type: 'Citizen',
      unknown: { id: NOBODY },
      selection: `{
        insurance { number facility { name commune { name } } }
        immunizations(series: "EPI") { complete doses { date } }
        allergies { substance }
        diagnoses { name }
      }`,
      hundred: ({ pseudonyms }) => numbers(100).map((number) => ({ id: pseudonyms.idOf(number) })),
    },
  ],
});

let health: HealthFixture;
beforeAll(async () => {
  health = await startHealth();
});
afterAll(() => health?.stop());

const entities = (fields: string) =>
  `query ($people: [_Any!]!) { _entities(representations: $people) { ... on Citizen { ${fields} } } }`;
const people = (ids: readonly string[]) => ({ people: ids.map((id) => ({ __typename: 'Citizen', id })) });

describe('the fixed records', () => {
  test('insurance of the man: card, level, validity, facility', async () => {
    const fields = 'insurance { number level group validFrom validTo facility { code name commune { code name } } }';
    expect(await health.ask(entities(fields), people([health.man]))).toEqual({
      data: {
        _entities: [
          {
            insurance: {
              number: 'GD4512101234567',
              level: 4,
              group: 'GD',
              validFrom: '2026-01-01',
              validTo: '2026-12-31',
              facility: {
                code: '51125',
                name: 'Trạm Y tế xã Sơn Hà',
                commune: { code: '21289', name: 'Xã Sơn Hà' },
              },
            },
          },
        ],
      },
    });
  });

  test('clinical facts of the man', async () => {
    const fields = 'allergies { substance severity } diagnoses { code name date }';
    expect(await health.ask(entities(fields), people([health.man]))).toEqual({
      data: {
        _entities: [
          {
            allergies: [{ substance: 'Penicillin', severity: 'SEVERE' }],
            diagnoses: [{ code: 'I10', name: 'Tăng huyết áp vô căn (nguyên phát)', date: '2021-06-14' }],
          },
        ],
      },
    });
  });

  test('the daughter’s expanded programme is complete, the first doses on the day of birth', async () => {
    const fields = 'immunizations(series: "EPI") { series complete doses { date vaccine } }';
    const { data } = await health.ask(entities(fields), people([health.daughter]));
    expect(data?._entities).toEqual([
      {
        immunizations: [
          {
            series: 'EPI',
            complete: true,
            doses: expect.arrayContaining([
              { date: '2019-04-05', vaccine: 'BCG' },
              { date: '2019-04-05', vaccine: 'HepB' },
            ]),
          },
        ],
      },
    ]);
  });
});

describe('immunizations', () => {
  test('a series that lacks one dose is not complete', async () => {
    const query = entities('immunizations { series complete }');
    expect((await health.ask(query, people([health.daughter]))).data?._entities).toEqual([
      { immunizations: [{ series: 'EPI', complete: true }] },
    ]);
    await health.sql(`delete from dose where person = '051319000002' and vaccine = 'JE' and dose_number = 3`);
    expect((await health.ask(query, people([health.daughter]))).data?._entities).toEqual([
      { immunizations: [{ series: 'EPI', complete: false }] },
    ]);
  });

  test('a series that was not begun is an empty list', async () => {
    const query = entities('immunizations(series: "COVID19") { series }');
    expect((await health.ask(query, people([health.daughter]))).data?._entities).toEqual([{ immunizations: [] }]);
  });

  test('a mistyped series is an error, not an empty list that reads as "not immunized"', async () => {
    const { data, errors } = await health.ask(
      entities('immunizations(series: "epi") { series }'),
      people([health.daughter]),
    );
    expect(data?._entities).toEqual([{ immunizations: null }]);
    expect(errors).toEqual([
      expect.objectContaining({
        extensions: expect.objectContaining({ code: 'BAD_USER_INPUT', reason: 'series_unknown', argument: 'series' }),
      }),
    ]);
  });
});

describe('facilities', () => {
  test('of a commune, by code, without any scope: they are public', async () => {
    const query = '{ facilities(commune: "21289") { code name } }';
    expect(await health.ask(query, {}, { scopes: [] })).toEqual({
      data: {
        facilities: [
          { code: '51004', name: 'Trung tâm Y tế khu vực Sơn Hà' },
          { code: '51125', name: 'Trạm Y tế xã Sơn Hà' },
        ],
      },
    });
  });

  test.each([
    ['99999', 'commune_unknown'],
    ['212', 'commune_code_format'],
  ])('of commune %s is refused: %s', async (commune, reason) => {
    const { errors } = await health.ask('query ($c: ID!) { facilities(commune: $c) { code } }', { c: commune });
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', reason, argument: 'commune' });
  });
});
