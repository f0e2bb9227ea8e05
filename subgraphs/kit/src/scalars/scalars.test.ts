import { describe, expect, test } from '@jest/globals';
import { type GraphQLScalarType, Kind } from 'graphql';
import { DepartmentError } from '../errors.ts';
import { scalars } from './index.ts';

const accepted: readonly (readonly [keyof typeof scalars, readonly string[]])[] = [
  ['PersonalNumber', ['051085000001', '000000000000']],
  ['Date', ['2026-12-31', '2024-02-29', '2000-02-29', '0001-01-01']],
  ['PartialDate', ['1985', '1985-03', '1985-03-12', '2024-02-29']],
  ['CommuneCode', ['21289', '21548']],
];

const refused: readonly (readonly [keyof typeof scalars, string, readonly unknown[]])[] = [
  ['PersonalNumber', 'personal_number_length', ['05108500001', '0510850000011', '']],
  ['PersonalNumber', 'personal_number_characters', ['051 085 000001', '05108500000A', '０５１０８５００００01']],
  ['PersonalNumber', 'personal_number_type', [51085000001, null, true, ['051085000001'], { a: 1 }]],
  [
    'Date',
    'date',
    ['2026-02-29', '1900-02-29', '2026-13-01', '2026-00-10', '2026-04-31', '26-01-01', '2026-1-1', '0000-01-01'],
  ],
  ['Date', 'date', ['2026-01-01T00:00:00Z', ' 2026-01-01', '2026-01-01\n', '01/02/2026', '1985']],
  ['Date', 'date_type', [20260101]],
  ['PartialDate', 'partial_date', ['85', '1985-13', '1985-02-30', '1985-03-', '1985-3', '']],
  ['PartialDate', 'partial_date_type', [1985]],
  ['CommuneCode', 'commune_code_format', ['2128', '212890', '2128９']],
  ['CommuneCode', 'commune_unknown', ['00000']],
  ['CommuneCode', 'commune_code_type', [21289]],
];

const errorOf = (act: () => unknown): DepartmentError => {
  try {
    act();
  } catch (error) {
    if (error instanceof DepartmentError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
};

const scalar = (name: keyof typeof scalars): GraphQLScalarType => scalars[name];

describe('a scalar takes', () => {
  test.each(accepted)('%s %j, as variable and as literal, unchanged', (name, values) => {
    for (const value of values) {
      expect(scalar(name).parseValue(value)).toBe(value);
      expect(scalar(name).parseLiteral({ kind: Kind.STRING, value })).toBe(value);
    }
  });
});

describe('a scalar refuses', () => {
  test.each(refused)('%s, as %s: %j', (name, reason, values) => {
    for (const value of values) {
      const error = errorOf(() => scalar(name).parseValue(value));
      expect(error.extensions).toMatchObject({ code: 'BAD_USER_INPUT', reason });
      expect(Object.keys(error.messages)).toEqual(['vi', 'en']);
    }
  });

  test('a literal without quotes', () => {
    const literal = { kind: Kind.INT, value: '051085000001' } as const;
    expect(errorOf(() => scalar('PersonalNumber').parseLiteral(literal)).extensions.reason).toBe(
      'personal_number_type',
    );
  });
});

test('a personal number that is too short is counted, not repeated', () => {
  const { messages } = errorOf(() => scalar('PersonalNumber').parseValue('05108500001'));
  expect(messages.en).toContain('11 arrived');
  expect(messages.vi).toContain('nhận được 11');
  expect(JSON.stringify(messages)).not.toMatch(/0510/);
});
