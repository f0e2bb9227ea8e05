import { CITIZEN } from '@lienthong/schema/rules';
import {
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isInputObjectType,
  isListType,
  isObjectType,
  isUnionType,
  valueFromASTUntyped,
} from 'graphql';

import type { PrivateNames } from '../execution/private-names.ts';
import { type FieldSelection, isIncluded, type PreparedOperation, type Selection } from '../operation/model.ts';

/** The scalar by which a caller names a person whom he knows by number. */
const PERSONAL_NUMBER = 'PersonalNumber';

export interface Asked {
  readonly operation: PreparedOperation;
  readonly asked: ReadonlySet<FieldSelection>;
  readonly variables: ReadonlyMap<string, unknown>;
  readonly names: PrivateNames;
}

/**
 * Whom an operation and its answer are about: every person whom it names by number, every Citizen in the departments'
 * answers, and what a root field looked up as a Citizen without finding one.
 *
 * @param data as the departments answered, with ids under private names
 */
export const personsOf = ({ operation, asked, variables, names }: Asked, data: unknown): Set<string> => {
  const persons = new Set<string>();
  const given = Object.fromEntries(variables);
  for (const field of rootFields(operation.selections, variables)) {
    if (!asked.has(field)) continue;
    const looked = argumentsOf(field, given);
    const numbers = numbersOf(field, looked);
    for (const number of numbers) persons.add(byNumber(number));
    const answer = isRecord(data) ? data[names.of(field)] : undefined;
    const isCitizen = getNamedType(field.type).name === CITIZEN;
    // One lookup is one person, found or not; whom a number names needs no second entry by id.
    if (isCitizen && numbers.length === 0 && (answer === null || answer === undefined)) {
      persons.add(`miss ${field.name} ${JSON.stringify(looked)}`);
    }
    collectIds(answer, names, persons, isCitizen && numbers.length > 0);
  }
  return persons;
};

/** The persons whom an operation names by number, known before anybody is asked. */
export const personsNamed = ({ operation, asked, variables }: Omit<Asked, 'names'>): Set<string> => {
  const given = Object.fromEntries(variables);
  const fields = [...rootFields(operation.selections, variables)].filter((field) => asked.has(field));
  return new Set(fields.flatMap((field) => numbersOf(field, argumentsOf(field, given)).map(byNumber)));
};

/** Whether a schema has Citizens that can be told apart. */
export const knowsCitizens = (schema: GraphQLSchema): boolean => {
  const type = schema.getType(CITIZEN);
  return isObjectType(type) && Object.hasOwn(type.getFields(), 'id');
};

const rootFields = function* (
  selections: readonly Selection[],
  variables: ReadonlyMap<string, unknown>,
): Iterable<FieldSelection> {
  for (const selection of selections) {
    if (!isIncluded(selection.conditions, variables)) continue;
    if (selection.kind === 'field') yield selection;
    else yield* rootFields(selection.selections, variables);
  }
};

const argumentsOf = (field: FieldSelection, variables: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    field.arguments.map(({ name, value }) => [name.value, valueFromASTUntyped(value, variables)] as const),
  );

const byNumber = (number: string): string => `number ${number}`;

/** The persons that a field names by number. */
const numbersOf = (
  { parentType, name }: FieldSelection,
  looked: Readonly<Record<string, unknown>>,
): readonly string[] => {
  const field = isUnionType(parentType) ? undefined : parentType.getFields()[name];
  return (field?.args ?? []).flatMap((argument) => numbersIn(looked[argument.name], argument.type));
};

const numbersIn = (value: unknown, declared: GraphQLInputType): readonly string[] => {
  if (value === null || value === undefined) return [];
  const type = getNullableType(declared);
  if (isListType(type)) {
    return (Array.isArray(value) ? value : [value]).flatMap((item) => numbersIn(item, type.ofType));
  }
  if (isInputObjectType(type) && isRecord(value)) {
    return Object.entries(type.getFields()).flatMap(([key, member]) => numbersIn(value[key], member.type));
  }
  return getNamedType(type).name === PERSONAL_NUMBER ? [String(value)] : [];
};

/** @param exceptTop whether the outermost object is counted already */
const collectIds = (answer: unknown, names: PrivateNames, persons: Set<string>, exceptTop: boolean): void => {
  const rest: unknown[] = [];
  const enter = (value: unknown, counts: boolean): void => {
    if (Array.isArray(value)) rest.push(...value);
    else if (isRecord(value)) {
      for (const [name, member] of Object.entries(value)) {
        const ids = names.isSubject(name) ? [member].flat().filter((id) => typeof id === 'string') : [];
        for (const id of counts ? ids : []) persons.add(`id ${id}`);
        if (typeof member === 'object' && member !== null) rest.push(member);
      }
    }
  };
  enter(answer, !exceptTop);
  for (let next = rest.pop(); next !== undefined; next = rest.pop()) enter(next, true);
};

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
