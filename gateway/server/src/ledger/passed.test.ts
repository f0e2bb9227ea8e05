import { describe, expect, test } from '@jest/globals';
import { buildSchema } from 'graphql';

import { type InputMember, type InputParts, inputsIn } from './passed.ts';

const supergraphSchema = buildSchema(`
  type Query { someone: Named }
  interface Named { name: String }
  type Citizen implements Named { id: ID name: String open: String card: Card }
  type Company implements Named { name: String }
  type Card { number: String }
`);
const OPEN = ['Citizen.open', 'Company.name'];
const parts = {
  supergraphSchema,
  subjects: { isGuarded: (type: string, field: string) => !OPEN.includes(`${type}.${field}`) },
  keys: { has: (department: string, _type: string, field: string) => department === 'health' && field === 'id' },
  realNames: new Map([['renamed', { field: 'name' }]]),
} as unknown as InputParts;

const member = (name: string, ...inner: readonly InputMember[]): InputMember => ({ name, inner });
const told = (type: string, ...members: readonly InputMember[]) => inputsIn(parts, 'health', type, members);

describe('a department that is told of an object', () => {
  test('is told what is guarded, and nothing by its key', () => {
    expect(told('Citizen', member('id'), member('open'), member('name'))).toEqual(['Citizen.name']);
    expect(inputsIn(parts, 'land', 'Citizen', [member('id')])).toEqual(['Citizen.id']);
  });

  test('is told what stands within, with the way there', () => {
    expect(told('Citizen', member('card', member('number')))).toEqual(['Card.number', 'Citizen.card']);
  });

  test('is told by whatever name the plan gives it', () => {
    expect(told('Citizen', member('renamed'))).toEqual(['Citizen.name']);
  });

  test('is told through an interface of whichever object it may be', () => {
    expect(told('Named', member('name'))).toEqual(['Citizen.name']);
  });
});
