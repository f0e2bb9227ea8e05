import { describe, expect, test } from '@jest/globals';
import { apiSchemaOf, effectiveRule, readRules } from '@lienthong/schema/rules';
import { isObjectType } from 'graphql';
import { descriptionsIn } from './descriptions.ts';
import { plainWords } from './plain-words.ts';
import { committedSupergraph } from './settings.ts';
import { words } from './words.ts';

const supergraph = committedSupergraph();
const descriptions = descriptionsIn(supergraph);

/** Every field that the ledger can name: those with a rule. */
const guarded = (): readonly string[] => {
  const rules = readRules(supergraph);
  const schema = apiSchemaOf(supergraph);
  return Object.values(schema.getTypeMap()).flatMap((type) =>
    isObjectType(type) && !type.name.startsWith('__')
      ? Object.keys(type.getFields())
          .filter((field) => {
            const { scopes, policies, authenticated } = effectiveRule(rules, schema, type.name, field);
            return scopes.length > 0 || policies.length > 0 || authenticated;
          })
          .map((field) => `${type.name}.${field}`)
      : [],
  );
};

describe('plain words', () => {
  test('are there for every field that can be disclosed, under the department that keeps it', () => {
    const { say } = plainWords(new Map());
    const without = guarded().filter((coordinate) => say([coordinate])[0]?.department.code === '');
    expect(without).toEqual([]);
  });

  test('name no department and no field twice', () => {
    const fields = Object.values(words).flatMap(({ items }) => items.flatMap((item) => item.fields));
    expect(new Set(fields).size).toBe(fields.length);
  });

  test('name the department that the composed schema names', () => {
    const { say } = plainWords(new Map());
    for (const coordinate of guarded()) {
      // A field that several departments answer, such as a key, is any of theirs.
      const of = descriptions.get(coordinate)?.department;
      if (coordinate === 'Citizen.id' || coordinate === 'Parcel.id' || of === undefined) continue;
      expect([coordinate, say([coordinate])[0]?.department.code]).toEqual([coordinate, of]);
    }
  });

  test('call sensitive what the law calls sensitive', () => {
    const sensitive = Object.values(words).flatMap(({ items }) => items.filter((item) => item.sensitive));
    expect(sensitive.map(({ en }) => en)).toEqual([
      'ethnic origin',
      'immunizations',
      'allergies',
      'diagnoses',
      'mortgages and other encumbrances',
    ]);
  });

  test('say each kind once, by department, in the order of the table', () => {
    const { say } = plainWords(new Map());
    const coordinates = ['Allergy.substance', 'Citizen.allergies', 'Citizen.birthDate', 'Citizen.fullName'];
    expect(say([...coordinates, 'Citizen.residence', 'Residence.address'])).toEqual([
      {
        department: { code: 'citizens', vi: 'Hộ tịch và dân cư', en: 'Population' },
        items: [
          { vi: 'họ tên', en: 'name', sensitive: false, coordinates: ['Citizen.fullName'] },
          { vi: 'ngày sinh', en: 'date of birth', sensitive: false, coordinates: ['Citizen.birthDate'] },
          {
            vi: 'nơi cư trú',
            en: 'residence',
            sensitive: false,
            coordinates: ['Citizen.residence', 'Residence.address'],
          },
        ],
      },
      {
        department: { code: 'health', vi: 'Y tế', en: 'Health' },
        items: [
          {
            vi: 'dị ứng',
            en: 'allergies',
            sensitive: true,
            coordinates: ['Allergy.substance', 'Citizen.allergies'],
          },
        ],
      },
    ]);
  });
});

describe('a field that the table lacks', () => {
  const { say } = plainWords(descriptions, {});

  test('is said by the first sentence of its description', () => {
    expect(say(['Citizen.birthDate'])).toEqual([
      {
        department: { code: 'citizens', vi: 'citizens', en: 'citizens' },
        items: [{ vi: 'Ngày sinh', en: 'Date of birth', sensitive: false, coordinates: ['Citizen.birthDate'] }],
      },
    ]);
  });

  test('is its own name where the schema lacks it too', () => {
    expect(say(['Gone.away'])).toEqual([
      {
        department: { code: '', vi: '', en: '' },
        items: [{ vi: 'Gone.away', en: 'Gone.away', sensitive: false, coordinates: ['Gone.away'] }],
      },
    ]);
  });
});
