import { expect, test } from '@jest/globals';
import type { DataSubjects } from '@lienthong/schema/subjects';
import { buildSchema } from 'graphql';

import { noGuards } from '../policy/guards.ts';
import { plannedSdl } from './planned-sdl.ts';
import { Subjects } from './subjects.ts';

const path = (...segments: [string, ...string[]]) => [{ kind: 'path', segments } as const];

const subjectsOf = (sdl: string, types: Readonly<Record<string, ReturnType<typeof path>>>) => {
  const schema = buildSchema(sdl, { assumeValid: true });
  const declared: DataSubjects = { types: new Map(Object.entries(types)), fields: new Map() };
  return new Subjects({ declared, supergraphSchema: schema, schema, guards: noGuards, privatePrefix: 'lt_' });
};

const aliases = (subjects: Subjects, type: string) =>
  subjects.ofType(type)?.paths.map((steps) => steps.map(({ alias }) => alias).join('.'));

test('ways that would clash at one position have names of their own; elsewhere names are plain', () => {
  const sdl = `
    type Query { any: Any }
    type Citizen { id: ID! }
    union Any = One | Two | Three
    type One { owner: Citizen } type Two { owner: [Citizen] } type Three { owner: Citizen! }
    type Apart { owner: [Citizen!]! }`;
  const owner = path('owner', 'id');
  const subjects = subjectsOf(sdl, { One: owner, Two: owner, Three: owner, Apart: owner });
  expect(aliases(subjects, 'One')).toEqual(['lt_s_owner.lt_s_id']);
  expect(aliases(subjects, 'Two')).toEqual(['lt_s1_owner.lt_s_id']);
  expect(aliases(subjects, 'Three')).toEqual(['lt_s2_owner.lt_s_id']);
  expect(aliases(subjects, 'Apart')).toEqual(['lt_s_owner.lt_s_id']);
});

test('where nothing is declared, a Citizen is a person; without Citizens nobody is', () => {
  const known = subjectsOf('type Query { a: Citizen } type Citizen { id: ID }', {});
  expect(aliases(known, 'Citizen')).toEqual(['lt_s_id']);
  expect(subjectsOf('type Query { a: Int }', {}).coordinates.size).toBe(0);
});

test('plans see fields on the ways to people that callers do not see, and no other', () => {
  const sdl = `schema @link(url: "https://specs.apollo.dev/inaccessible/v0.2", for: SECURITY) { query: Query }
    directive @link(url: String, for: String) repeatable on SCHEMA
    directive @inaccessible on FIELD_DEFINITION
    type Query { parcel: Parcel }
    type Parcel { owners: [ID!] @inaccessible secret: ID @inaccessible }`;
  const shown = plannedSdl(sdl, subjectsOf(sdl, { Parcel: path('owners') }));
  expect(shown).toMatch(/owners: \[ID!\]\n/);
  expect(shown).toContain('secret: ID @inaccessible');
});
