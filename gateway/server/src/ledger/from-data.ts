import {
  type GraphQLCompositeType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isListType,
  isObjectType,
} from 'graphql';

import type { Completed, CompletedObject } from '../execution/complete.ts';
import type { Witness } from '../execution/engine.ts';
import type { PrivateNames } from '../execution/private-names.ts';
import { type FieldSelection, isIncluded, type PreparedOperation, type Selection } from '../operation/model.ts';
import { applies } from '../operation/prepare.ts';
import { TYPENAME } from '../operation/runtime-type.ts';
import type { Decision } from '../policy/authorize.ts';
import { type IdOfNumber, idsInArguments } from './arguments.ts';
import { CoordinateSets } from './coordinates.ts';
import { type Ids, joined, NOBODY, together, UNKNOWN } from './ids.ts';
import { Notes } from './notes.ts';
import { type Handed, type InputMember, type InputParts, inputsIn } from './passed.ts';
import type { PrivatePath } from './subjects.ts';

export interface FromData {
  readonly schema: GraphQLSchema;
  readonly operation: PreparedOperation;
  readonly decision: Decision;
  readonly variables: ReadonlyMap<string, unknown>;
  readonly names: PrivateNames;
  /** As departments answered, in private names. */
  readonly data: unknown;
  /** As it leaves: what is not an object there is not shown, wherever nulls have climbed to. */
  readonly completed: CompletedObject | null;
  readonly isKnown: (typeName: string) => boolean;
  readonly idOf: IdOfNumber;
  readonly inputs: InputParts;
  readonly witnessed: readonly Witnessed[];
}

/** What one department was told, by the reference engine. */
export interface Witnessed {
  readonly department: string;
  /** As {@link Witness.sent} has it, joined. */
  readonly path: string;
  readonly representations: readonly object[];
}

interface Told extends Witnessed {
  /** Objects of the answer for which its representations stand. */
  found: number;
}

/**
 * Gathers what an answer of the reference engine discloses: a walk over the answer as it leaves, with the departments' data
 * beside it. The compiled engine gathers the same while it writes, and a test holds both against each other.
 */
export const gatherFromData = (from: FromData): { readonly notes: Notes; readonly handed: readonly Handed[] } => {
  const { schema, operation, decision, variables, names, inputs, witnessed } = from;
  const { subjects } = inputs;
  const notes = new Notes(new CoordinateSets());
  const handed: Handed[] = [];
  const told = witnessed.map((call): Told => ({ ...call, found: 0 }));

  const note = (ids: Ids, coordinate: string): void => {
    const set = notes.sets.of([coordinate]);
    if (set) notes.note(ids, set);
  };

  /** @param shown undefined where the object does not stand in the answer */
  const object = (
    data: object,
    shown: CompletedObject | undefined,
    position: GraphQLCompositeType,
    groups: readonly (readonly Selection[])[],
    around: Ids,
    path: readonly string[],
  ): void => {
    const type = typeOf(data, position);
    if (type === undefined) {
      if (shown && subjects.needsType(position)) note(UNKNOWN, '');
      return;
    }
    const ids = idsOfObject(data, type, around);
    for (const call of told) if (call.path === path.join('.')) hand(call, type, ids);
    for (const [key, fields] of fieldsOf(groups, from.isKnown(type) ? type : position.name)) {
      const permitted = fields.filter((field) => decision.permitted.has(field));
      const asked = permitted.find((field) => decision.asked.has(field));
      if (!asked || (position === operation.rootType && asked.name.startsWith('__') && asked.name !== TYPENAME))
        continue;
      const value = own(data, names.of(asked));
      const member = shown?.[key];
      if (shown) noteField(type, asked, ids, around, value, member);
      if (asked.leaf) continue;
      const inside = [...path, names.of(asked), ...listLevels(asked)];
      const returned = getNamedType(returnedBy(type, asked)) as GraphQLCompositeType;
      const inner = permitted.map(({ selections }) => selections);
      each(value, member, (item, itemShown) => object(item, itemShown, returned, inner, ids, inside));
    }
  };

  const noteField = (
    type: string,
    field: FieldSelection,
    ids: Ids,
    around: Ids,
    value: unknown,
    member: Completed | undefined,
  ) => {
    if (!subjects.isGuarded(type, field.name)) return;
    const coordinate = `${type}.${field.name}`;
    const declared = subjects.ofField(type, field.name);
    if (!declared) {
      note(ids, coordinate);
      return;
    }
    note(declared.enclosing ? around : NOBODY, coordinate);
    // Those of root fields are gathered apart: they count whether or not anything is answered.
    if (type !== operation.rootType.name)
      note(notes.people.told(idsInArguments(field, declared.arguments, variables, from.idOf)), coordinate);
    each(value, member, (item, itemShown) => {
      if (itemShown) for (const path of declared.paths) note(idsAt(item, path), coordinate);
    });
  };

  const idsOfObject = (data: object, type: string, around: Ids): Ids => {
    const declared = subjects.ofType(type);
    if (!declared) return around;
    return declared.paths.reduce((ids, path) => joined(ids, idsAt(data, path)), declared.enclosing ? around : NOBODY);
  };

  const idsAt = (value: unknown, path: PrivatePath): Ids => {
    if (value === undefined) return UNKNOWN;
    const [step, ...rest] = path;
    if (!step) return notes.people.told(value);
    if (Array.isArray(value)) return together(value, (item) => idsAt(item, path));
    if (value === null) {
      notes.nulls += 1;
      return NOBODY;
    }
    return typeof value === 'object' ? idsAt(own(value, step.alias), rest) : UNKNOWN;
  };

  const hand = (call: Told, type: string, ids: Ids): void => {
    const { department, representations } = call;
    const fitting = representations.filter((each) => mayStandFor(schema, each, type));
    if (fitting.length === 0) return;
    call.found += 1;
    const coordinates = inputsOf(department, fitting, type);
    if (coordinates.length > 0) handed.push({ ids, coordinates, department });
  };

  const inputsOf = (department: string, representations: readonly object[], type: string): readonly string[] => [
    ...new Set(representations.flatMap((each) => inputsIn(inputs, department, type, membersOf(each)))),
  ];

  const typeOf = (data: object, position: GraphQLCompositeType): string | undefined => {
    if (!isAbstractType(position)) return position.name;
    const told = own(data, TYPENAME);
    return typeof told === 'string' && isObjectType(schema.getType(told)) ? told : undefined;
  };

  const fieldsOf = (groups: readonly (readonly Selection[])[], type: string): Map<string, FieldSelection[]> => {
    const fields = new Map<string, FieldSelection[]>();
    const walk = (selections: readonly Selection[]): void => {
      for (const selection of selections) {
        if (!isIncluded(selection.conditions, variables)) continue;
        if (selection.kind === 'field') {
          fields.set(selection.responseKey, [...(fields.get(selection.responseKey) ?? []), selection]);
        } else if (applies(schema, selection.type, type) && !decision.deniedFragments.has(selection)) {
          walk(selection.selections);
        }
      }
    };
    for (const selections of groups) walk(selections);
    return fields;
  };

  /** An object may promise more of a field than the interface by which it was selected. */
  const returnedBy = (type: string, field: FieldSelection) => {
    const object = schema.getType(type);
    return (isObjectType(object) ? object.getFields()[field.name]?.type : undefined) ?? field.type;
  };

  const root = typeof from.data === 'object' && from.data !== null ? from.data : {};
  object(root, from.completed ?? undefined, operation.rootType, [operation.selections], NOBODY, []);
  for (const { department, representations, found } of told) {
    // An object of which a department was told, and that is gone since.
    if (found < representations.length) {
      const coordinates = representations.flatMap((each) => inputsOf(department, [each], typeTold(each)));
      if (coordinates.length > 0) handed.push({ ids: UNKNOWN, coordinates, department });
    }
  }
  return { notes, handed };
};

/** Every object of a value, through its lists, and what is shown of it. */
const each = (
  value: unknown,
  shown: Completed | undefined,
  visit: (item: object, shown: CompletedObject | undefined) => void,
): void => {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) each(item, Array.isArray(shown) ? shown[index] : undefined, visit);
  } else if (typeof value === 'object' && value !== null) {
    const isShown = typeof shown === 'object' && shown !== null && !Array.isArray(shown);
    visit(value, isShown ? (shown as CompletedObject) : undefined);
  }
};

const own = (object: object, name: string): unknown =>
  Object.hasOwn(object, name) ? (object as Record<string, unknown>)[name] : undefined;

const listLevels = ({ type }: FieldSelection): string[] => {
  const levels: string[] = [];
  for (let here: unknown = type; typeof here === 'object' && here !== null && 'ofType' in here; here = here.ofType) {
    if (isListType(here)) levels.push('@');
  }
  return levels;
};

const typeTold = (representation: object): string => String(own(representation, TYPENAME));

/** A department may be told an interface's name in place of the object's. */
const mayStandFor = (schema: GraphQLSchema, representation: object, type: string): boolean => {
  const known = schema.getType(typeTold(representation));
  return known?.name === type || (isAbstractType(known) && applies(schema, known, type));
};

const membersOf = (representation: object): InputMember[] =>
  Object.entries(representation)
    .filter(([name]) => name !== TYPENAME)
    .map(([name, value]: [string, unknown]) => {
      const [item] = [value].flat(Number.POSITIVE_INFINITY);
      return { name, inner: typeof item === 'object' && item !== null ? membersOf(item) : [] };
    });
