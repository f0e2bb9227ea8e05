import {
  CoordinateSets,
  Disclosure,
  HandedInputs,
  Keys,
  type Noted,
  Notes,
  PathReader,
  PrivateNames,
  SiteFacts,
  Subjects,
} from '@lienthong/server/testing';
import { isInterfaceType, isObjectType } from 'graphql';

/** One plausible mistake in what gathers disclosures, put in place of the product's own part while it is in force. */
export interface CollectorMutant {
  readonly name: string;
  /** Puts it in; returns how to take it out again. */
  readonly force: () => () => void;
  /** Seen by the reference engine alone: Apollo's planner asks for types by itself, and its executor drops them again. */
  readonly byReference?: true;
}

type Methods<T> = { [Name in keyof T as T[Name] extends (...given: never[]) => unknown ? Name : never]: T[Name] };

/** Replaces a method of a class by one that is handed what the right one does. */
export const method = <T extends object, Name extends keyof Methods<T> & string>(
  { prototype }: { readonly prototype: T },
  name: Name,
  change: (self: T, right: T[Name]) => T[Name],
): (() => () => void) => property(prototype, name, change);

const property =
  <T extends object, Name extends keyof T & string>(
    prototype: T,
    name: Name,
    change: (self: T, right: T[Name]) => T[Name],
  ) =>
  (): (() => void) => {
    const own = Object.getOwnPropertyDescriptor(prototype, name);
    if (!own) throw new TypeError(`no ${name}`);
    const right = (self: T): T[Name] => own.get?.call(self) ?? (own.value as { bind(to: T): T[Name] }).bind(self);
    Object.defineProperty(prototype, name, {
      configurable: true,
      get(this: T) {
        return change(this, right(this));
      },
    });
    return () => void Object.defineProperty(prototype, name, own);
  };

const first = <T>(list: readonly T[]): readonly T[] => list.slice(0, 1);

/** Every mistake that the property test has to notice. */
export const COLLECTOR_MUTANTS: readonly CollectorMutant[] = [
  { name: 'ignores whom arguments name', force: property(Disclosure.prototype, 'named', () => []) },
  { name: 'forgets to take back what a null has taken away', force: method(Notes, 'takeBack', () => () => {}) },
  {
    name: 'takes the coordinate of the interface',
    force: () => {
      const interfaceOf = new Map<string, string>();
      const learn = method(Subjects, 'isGuarded', (self, right) => (type, name) => {
        const object = self.supergraphSchema.getType(type);
        const above = isObjectType(object) ? object.getInterfaces().filter(isInterfaceType) : [];
        const from = above.find((each) => Object.hasOwn(each.getFields(), name));
        if (from) interfaceOf.set(`${type}.${name}`, `${from.name}.${name}`);
        return right(type, name);
      })();
      const rename = method(
        CoordinateSets,
        'of',
        (_, right) => (coordinates) => right([...coordinates].map((each) => interfaceOf.get(each) ?? each)),
      )();
      return () => {
        rename();
        learn();
      };
    },
  },
  {
    name: 'does not ask of which type an object is',
    byReference: true,
    force: method(Subjects, 'needsType', () => () => false),
  },
  {
    name: 'notes each coordinate of the first person alone',
    force: method(Notes, 'note', (_, right) => {
      return (ids, set) => {
        if (seen.has(set)) return;
        seen.add(set);
        right(ids, set);
      };
    }),
  },
  {
    name: 'takes the first of several persons',
    force: method(
      PathReader,
      'read',
      (_, right) =>
        (...given) =>
          first(right(...given)),
    ),
  },
  {
    name: 'forgets who is around',
    force: method(Subjects, 'ofType', (_, right) => (type) => {
      const declared = right(type);
      return declared && { ...declared, enclosing: false };
    }),
  },
  {
    name: 'takes who is around in place of its own',
    force: method(Subjects, 'ofType', (_, right) => (type) => {
      const declared = right(type);
      return declared?.enclosing ? { ...declared, paths: [] } : declared;
    }),
  },
  {
    name: 'takes what says nothing for nobody’s',
    force: method(
      Subjects,
      'ofType',
      (_, right) => (type) => right(type) ?? { paths: [], enclosing: false, arguments: [] },
    ),
  },
  { name: 'passes over what a field says of itself', force: method(Subjects, 'ofField', () => () => undefined) },
  {
    name: 'passes over arguments of fields within',
    force: method(
      SiteFacts,
      'note',
      (_, right) => (ids, around, collecting) => right(ids, around, { ...collecting, idsInArguments: () => [] }),
    ),
  },
  {
    name: 'takes a field’s declaration for its value alone',
    force: method(Subjects, 'ofField', (_, right) => (type, name) => {
      const declared = right(type, name);
      return declared && { ...declared, enclosing: false };
    }),
  },
  {
    name: 'passes over objects to which a field leads',
    force: method(SiteFacts, 'arrivalOf', () => () => undefined),
  },
  { name: 'notes what no rule guards', force: method(Subjects, 'isGuarded', () => () => true) },
  {
    name: 'passes over the rule of the type',
    force: method(Subjects, 'isGuarded', (_, right) => (type, name) => right(type, name) && !right(type, '__typename')),
  },
  {
    name: 'notes nothing where nobody is',
    force: method(Notes, 'note', (_, right) => (ids, set) => {
      if (ids.length > 0) right(ids, set);
    }),
  },
  {
    name: 'tells of the first answer what it told of it before',
    force: () => {
      const told = new WeakMap<object, Noted>();
      return method(Notes, 'sum', (self, right) => () => {
        const noted = told.get(self.sets) ?? right();
        told.set(self.sets, noted);
        return noted;
      })();
    },
  },
  { name: 'forgets what departments tell each other', force: method(HandedInputs, 'of', () => () => []) },
  { name: 'takes keys for inputs', force: method(Keys, 'has', () => () => false) },
  {
    name: 'takes whom it was not told for nobody',
    force: method(PathReader, 'read', (_, right) => (...given) => [...right(...given)]),
  },
  { name: 'serves where a way to a person has failed', force: method(PrivateNames, 'isSubject', () => () => false) },
];

/** Of the requests of one run: a set is of one permitted shape. */
const seen = new WeakSet<object>();
