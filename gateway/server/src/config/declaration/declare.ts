import type { Texts } from '../errors.ts';
import type { ValueType } from './types.ts';

export type Environment = 'production' | 'development';

interface Common {
  readonly description: Texts;
  /** Production refuses to start with it. */
  readonly unsafe?: boolean;
}

/** One value. Defaults are written as in the file and go through the same check. */
export interface Setting extends Common {
  readonly kind: 'setting';
  readonly type: ValueType<unknown>;
  readonly default?: string | Readonly<Record<Environment, string>>;
  readonly optional: boolean;
  /** Values (as written) that production refuses. */
  readonly unsafeValues: readonly string[];
}

/** A fixed set of keys. `exactlyOne`: the keys exclude each other. `falsable`: `false` may stand in its place. */
export interface Section extends Common {
  readonly kind: 'section';
  readonly keys: Keys;
  readonly optional: boolean;
  readonly exactlyOne: boolean;
  /** Keys that may stand beside the one of `exactlyOne`. */
  readonly besides?: Keys;
  readonly falsable?: { readonly absenceUnsafe: boolean; readonly absent: 'false' | 'defaults' };
}

/** Entries in a row (`row`; `lone`: a single one may stand without its list), or by a name of the operator's choice (`names`). */
export interface Many extends Common {
  readonly kind: 'row' | 'names';
  readonly of: Section;
  readonly optional: boolean;
  readonly atLeastOne: boolean;
  readonly lone?: boolean;
}

export type Declaration = Setting | Section | Many;
export type Keys = Readonly<Record<string, Declaration>>;

/** The value that a declaration yields, carried for the compiler only. */
declare const yields: unique symbol;
type Yields<T> = { readonly [yields]?: T };
export type ValueOf<D> = D extends Yields<infer T> ? Exclude<T, undefined> : never;

type OptionalKeys<K> = { [P in keyof K]: K[P] extends { optional: true } ? P : never }[keyof K];
type Flat<T> = { [P in keyof T]: T[P] };
type SectionValue<K> = Flat<
  { readonly [P in Exclude<keyof K, OptionalKeys<K>>]: ValueOf<K[P]> } & {
    readonly [P in OptionalKeys<K>]?: ValueOf<K[P]>;
  }
>;
type OneOf<K> = { [P in keyof K]: { readonly [Q in P]: ValueOf<K[P]> } }[keyof K];

type Limits = Partial<Pick<Setting, 'unsafe' | 'unsafeValues'>>;
const noLimits = { unsafeValues: [] };

/** A key that must stand in the file or the environment. */
export const required = <T>(type: ValueType<T>, description: Texts, limits: Limits = {}) =>
  ({ kind: 'setting', type, description, optional: false, ...noLimits, ...limits }) as Setting &
    Yields<T> & { readonly optional: false };

/** A key that may be absent, and then is absent in the result. */
export const optional = <T>(type: ValueType<T>, description: Texts, limits: Limits = {}) =>
  ({ kind: 'setting', type, description, optional: true, ...noLimits, ...limits }) as Setting &
    Yields<T> & { readonly optional: true };

/** A key with a default, written as in the file; by environment where that is safer. */
export const withDefault = <T>(
  type: ValueType<T>,
  value: string | Readonly<Record<Environment, string>>,
  description: Texts,
  limits: Limits = {},
) =>
  ({ kind: 'setting', type, description, default: value, optional: false, ...noLimits, ...limits }) as Setting &
    Yields<T> & { readonly optional: false };

type SectionLimits = Partial<Pick<Section, 'unsafe'>>;

/** Keys under one name; absent, it is filled with the defaults of its keys. */
export const section = <K extends Keys>(description: Texts, keys: K, limits: SectionLimits = {}) =>
  ({ kind: 'section', description, keys, optional: false, exactlyOne: false, ...limits }) as Section &
    Yields<SectionValue<K>> & { readonly optional: false; readonly keys: K };

/** Keys under one name that mean something only when somebody wrote them. */
export const optionalSection = <K extends Keys>(description: Texts, keys: K, limits: SectionLimits = {}) =>
  ({ kind: 'section', description, keys, optional: true, exactlyOne: false, ...limits }) as Section &
    Yields<SectionValue<K>> & { readonly optional: true; readonly keys: K };

/** Exactly one of several keys. */
export const oneKeyOf = <K extends Keys>(description: Texts, keys: K, limits: SectionLimits = {}) =>
  ({ kind: 'section', description, keys, optional: false, exactlyOne: true, ...limits }) as Section &
    Yields<OneOf<K>> & { readonly optional: false };

/** The same, absent allowed; `besides` are keys that go with whichever it is. */
export const optionalOneKeyOf = <K extends Keys, B extends Keys = Record<never, never>>(
  description: Texts,
  keys: K,
  limits: SectionLimits & { readonly besides?: B } = {},
) =>
  ({ kind: 'section', description, keys, optional: true, exactlyOne: true, ...limits }) as Section &
    Yields<OneOf<K> & SectionValue<B>> & { readonly optional: true };

/** A section that `false` switches off; absent, it is off (`absent: 'false'`) or has its defaults. With `absenceUnsafe`,
 * production has to say which it wants: to do without is a decision, not an oversight. */
export const sectionOrFalse = <K extends Keys>(
  description: Texts,
  keys: K,
  limits: SectionLimits & { readonly absenceUnsafe?: boolean; readonly absent?: 'false' | 'defaults' } = {},
) => {
  const { absenceUnsafe = false, absent = 'defaults', ...rest } = limits;
  return {
    kind: 'section',
    description,
    keys,
    optional: false,
    exactlyOne: false,
    falsable: { absenceUnsafe, absent },
    ...rest,
  } as Section & Yields<SectionValue<K> | false> & { readonly optional: false };
};

/** A list of sections. Its entries cannot be set by the environment: a list has no stable names. */
export const rowOf = <S extends Section>(description: Texts, of: S, atLeastOne = false) =>
  ({ kind: 'row', description, of, optional: false, atLeastOne }) as Many &
    Yields<readonly ValueOf<S>[]> & { readonly optional: false };

/** A list of sections, of which a single one may be written without its list; absent allowed. */
export const optionalRowOf = <S extends Section>(description: Texts, of: S) =>
  ({ kind: 'row', description, of, optional: true, atLeastOne: false, lone: true }) as Many &
    Yields<readonly ValueOf<S>[]> & { readonly optional: true };

/** Sections by name. */
export const namesOf = <S extends Section>(description: Texts, of: S, atLeastOne = false) =>
  ({ kind: 'names', description, of, optional: false, atLeastOne }) as Many &
    Yields<Readonly<Record<string, ValueOf<S>>>> & { readonly optional: false };
