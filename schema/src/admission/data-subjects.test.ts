import { describe, expect, test } from '@jest/globals';
import { admit } from '../compose/admit.ts';
import { department, departments, subjectLink, verdict } from '../fixtures.ts';

const GUARD = '@requiresScopes(scopes: [["s"]])';
const CITIZEN = `type Citizen @key(fields: "id") @dataSubject(path: "id") { id: ID! ${GUARD} name: String ${GUARD} }`;
const ours = (sdl: string) => department(`${subjectLink()}${sdl}`);
const required = { dataSubjects: 'required' } as const;

describe('DATA_SUBJECT_MISSING', () => {
  const errors = (sdl: string) => verdict([ours(`${sdl} ${CITIZEN}`)], required).errors;

  test.each([
    ['a guarded root field', `type Query { a: Int ${GUARD} }`, ['DATA_SUBJECT_MISSING Query.a']],
    ['one that states it', `type Query { a: Int ${GUARD} @dataSubject(none: "counts") }`, []],
    ['an open field', 'type Query { a: Int }', []],
    [
      'a guard on the type behind the field',
      `type Query { a: T } type T ${GUARD} @dataSubject(none: "x") { b: Int }`,
      ['DATA_SUBJECT_MISSING Query.a'],
    ],
    [
      'a guard on the type of the object',
      `type Query { a: Int } type T ${GUARD} { b: Int c: Int @dataSubject(none: "x") }`,
      ['DATA_SUBJECT_MISSING T.b'],
    ],
    [
      'a type that states it for all its fields',
      `type Query { a: Int } type T ${GUARD} @dataSubject(none: "x") { b: Int }`,
      [],
    ],
    ['a guard on a scalar', `type Query { a: Secret } scalar Secret ${GUARD}`, ['DATA_SUBJECT_MISSING Query.a']],
    ['a field that callers do not see', `type Query { a: Int b: Int @inaccessible ${GUARD} }`, []],
    [
      'each object behind an interface',
      `type Query { a: [I] } interface I { b: Int } type T implements I { b: Int ${GUARD} }`,
      ['DATA_SUBJECT_MISSING T.b'],
    ],
  ])('%s', (_, sdl, expected) => {
    expect(errors(sdl)).toEqual(expected);
  });

  test('says nothing where it is optional, nor of departments that know nothing of data subjects', () => {
    const foreign = department(`type Query { a: Int ${GUARD} }`);
    expect(verdict([foreign]).errors).toEqual([]);
    expect(verdict([ours(`type Query { a: Int ${GUARD} }`)]).errors).toEqual([]);
    expect(verdict([foreign], { unguarded: 'refuse' }).errors).toEqual([]);
  });

  test('names the departments that offer the field', () => {
    const admission = admit(
      departments(ours(`type Query { a: Int } ${CITIZEN}`), department(`type Query { b: Int ${GUARD} }`)),
      { unguarded: 'allow', dataSubjects: 'required', freeArguments: new Set(), acknowledged: new Set() },
    );
    expect(admission.ok ? [] : admission.errors.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^\[department2\] Query\.b .* \/ \[department2\] Query\.b is guarded/),
    ]);
  });

  test('one department’s declaration of a shared type serves the others', () => {
    const other = department(`type Citizen @key(fields: "id") { id: ID! ${GUARD} marks: Int ${GUARD} }`);
    expect(verdict([ours(`type Query { a: Int } ${CITIZEN}`), other], required).errors).toEqual([]);
  });
});

describe('DATA_SUBJECT_INVALID', () => {
  const errors = (sdl: string) => verdict([ours(`${sdl} ${CITIZEN}`)]).errors;
  const card = (rest = '') => `type Card @dataSubject(enclosing: true) { number: Int ${rest} }`;

  test('is told once, and of the department', () => {
    const [schema = ''] = [ours(`type Query { a: Citizen @dataSubject(path: "ids") } ${CITIZEN}`)];
    expect(verdict([schema]).errors).toEqual(['DATA_SUBJECT_INVALID Query.a']);
  });

  test('a link that cannot be read is told once', () => {
    const sdl = department('type Query { a: Int }').replace('v2.9"', 'v2.9", as: 3');
    expect(verdict([sdl]).errors).toEqual(['INVALID_LINK @link']);
  });

  test('a path must stay within the department: another’s fields may be there in the supergraph alone', () => {
    const household = ours('type Citizen @key(fields: "id") { id: ID! head: ID }');
    const other = ours(
      'type Query { a: Citizen @dataSubject(path: "head") } type Citizen @key(fields: "id") { id: ID! }',
    );
    expect(verdict([household, other]).errors).toEqual(['DATA_SUBJECT_INVALID Query.a']);
    const external = ours(`type Query { a: Citizen @dataSubject(path: "head") }
      type Citizen @key(fields: "id") { id: ID! head: ID @external b: Int @requires(fields: "head") }`);
    expect(verdict([household, external]).errors).toEqual(['DATA_SUBJECT_INVALID Query.a']);
  });

  test.each([
    ['below a person', `type Query { a: Citizen } extend type Citizen { card: Card } ${card()}`, []],
    [
      'through a type that states nothing',
      `type Query { a: Citizen } extend type Citizen { b: B } type B { card: Card } ${card()}`,
      [],
    ],
    [
      'through another that is enclosed',
      `type Query { a: Citizen } extend type Citizen { card: Card }
      ${card('part: Part')} type Part @dataSubject(enclosing: true) { a: Int }`,
      [],
    ],
    ['within itself', `type Query { a: Citizen } extend type Citizen { card: Card } ${card('former: Card')}`, []],
    ['that nobody reaches', `type Query { a: Citizen } ${card()}`, []],
    ['from a root', `type Query { card: Card } ${card()}`, ['Card']],
    [
      'from a mutation as well',
      `type Query { a: Citizen } extend type Citizen { card: Card }
      type Mutation { renew: Card @dataSubject(none: "x") } ${card()}`,
      ['Card'],
    ],
    ['from a root through a type that states nothing', `type Query { b: B } type B { card: Card } ${card()}`, ['Card']],
    [
      'from a root through an interface',
      `type Query { i: I } interface I { n: Int } type B implements I { n: Int card: Card } ${card()}`,
      ['Card'],
    ],
    ['from a root through a union', `type Query { u: U } union U = Card | Citizen ${card()}`, ['Card']],
    [
      'below what is nobody’s',
      `type Query { a: Citizen } extend type Citizen { list: List }
      type List @dataSubject(none: "x") { card: Card } ${card()}`,
      ['Card'],
    ],
    [
      'beside a path of its own',
      `type Query { r: Relative } type Relative @dataSubject(enclosing: true) @dataSubject(path: "of.id") { of: Citizen }`,
      ['Relative'],
    ],
    ['of a field', `type Query { b: B } type B { c: Int @dataSubject(enclosing: true) }`, ['B.c']],
    ['of a root field', 'type Query { a: Int @dataSubject(enclosing: true) }', ['Query.a']],
  ])('enclosing, %s', (_, sdl, expected) => {
    expect(errors(sdl)).toEqual(expected.map((coordinate) => `DATA_SUBJECT_INVALID ${coordinate}`));
  });

  test.each([
    ['a parcel’s own key', 'type Parcel @key(fields: "id") @dataSubject(path: "id") { id: ID! }', ['Parcel']],
    [
      'a key of several fields',
      'type Parcel @key(fields: "id map") @dataSubject(path: "map") { id: ID! map: ID! }',
      ['Parcel'],
    ],
    [
      'a parcel on the way',
      'type Page @dataSubject(path: "parcels.id") { parcels: [Parcel] } type Parcel @key(fields: "id") { id: ID! }',
      ['Page'],
    ],
    [
      'from a field',
      'extend type Query { p: Parcel @dataSubject(path: "id") } type Parcel @key(fields: "id") { id: ID! }',
      ['Query.p'],
    ],
    [
      'ids of people on a parcel',
      'type Parcel @key(fields: "id") @dataSubject(path: "holders") { id: ID! holders: [ID!] }',
      [],
    ],
    [
      'the way through a parcel',
      'type Parcel @key(fields: "id") @dataSubject(path: "holder.id") { id: ID! holder: Citizen }',
      [],
    ],
  ])('the key of something else, taken for a person: %s', (_, sdl, expected) => {
    const departments = [ours(`type Query { a: Int } ${sdl} ${CITIZEN}`)];
    expect(verdict(departments, required).errors).toEqual(expected.map((each) => `DATA_SUBJECT_INVALID ${each}`));
    expect(verdict(departments).errors).toEqual([]);
  });

  test('what composition drops, because nobody asked it to keep it', () => {
    const sdl = ours(`type Query { a: Int @dataSubject(none: "x") } ${CITIZEN}`).replace(
      /@composeDirective\([^)]*\)/,
      '',
    );
    expect(verdict([sdl]).errors).toEqual(['DATA_SUBJECT_INVALID Citizen', 'DATA_SUBJECT_INVALID Query.a']);
  });
});

describe('DATA_SUBJECT_DIFFERS', () => {
  const first = (declared: string) => ours(`type Query { a: Int @shareable ${declared} } ${CITIZEN}`);
  const second = (declared: string, ofCitizen = '@dataSubject(path: "id")') =>
    ours(
      `type Query { a: Int @shareable ${declared} } type Citizen @key(fields: "id") ${ofCitizen} { id: ID! ${GUARD} }`,
    );

  test.each([
    ['the same', '@dataSubject(none: "x")', '@dataSubject(none: "x")', []],
    ['nothing and something', '@dataSubject(none: "x")', '', []],
    ['different reasons', '@dataSubject(none: "x")', '@dataSubject(none: "y")', ['DATA_SUBJECT_DIFFERS Query.a']],
  ])('%s', (_, one, other, expected) => {
    expect(verdict([first(one), second(other)]).errors).toEqual(expected);
  });

  test('one among several', () => {
    const wider = '@dataSubject(path: "id") @dataSubject(enclosing: true)';
    expect(verdict([first(''), second('', wider)]).errors).toEqual(['DATA_SUBJECT_DIFFERS Citizen']);
  });
});
