import { type DocumentNode, type ExecutionResult, execute, type GraphQLSchema, type ResponsePath } from 'graphql';

import type { Model } from './model.ts';
import { personOf, type Thing, type World } from './world.ts';

/** What a monolith that knows its people saw while it answered; places by response keys and positions, joined. */
export interface Whose {
  readonly objects: Map<string, ObjectSeen>;
  /** Whom the arguments of a field name, by its place. */
  readonly named: Map<string, readonly string[]>;
}

export interface ObjectSeen {
  readonly type: string;
  /** Of whom it tells. */
  readonly whose: readonly string[];
  readonly around: readonly string[];
  /** The people whose it is wherever it stands. */
  readonly own: readonly string[];
}

export type WitnessedRun = (
  document: DocumentNode,
  variables: Readonly<Record<string, unknown>>,
  operationName: string | null,
) => Promise<{ readonly result: ExecutionResult; readonly whose: Whose }>;

/** Runs documents over the data, and notes of each object whose it is, by the world's own knowledge of its people. */
export const witnessing =
  (schema: GraphQLSchema, world: World, { concerns }: Model): WitnessedRun =>
  async (document, variables, operationName) => {
    const whose: Whose = { objects: new Map(), named: new Map() };

    const tell = (value: unknown, place: string, around: readonly string[]): void => {
      if (Array.isArray(value)) {
        for (const [index, item] of value.entries()) tell(item, `${place}.${index}`, around);
      } else if (typeof value === 'object' && value !== null) {
        const thing = value as Thing;
        const concern = concerns?.types.get(thing.__typename);
        const own = world.people(thing, schema);
        const all = concern ? [...own, ...(concern.around ? around : [])] : around;
        whose.objects.set(place, { type: thing.__typename, whose: all, around, own });
      }
    };

    const result = await execute({
      schema,
      document,
      variableValues: variables,
      operationName,
      fieldResolver: (source, given, context, info) => {
        const place = placeOf(info.path);
        const value: unknown = world.resolve(source, given, context, info);
        whose.named.set(place, peopleIn(given));
        tell(value, place, info.path.prev ? (whose.objects.get(placeOf(info.path.prev))?.whose ?? []) : []);
        return value;
      },
      typeResolver: world.typeOf,
    });
    return { result, whose };
  };

const placeOf = (path: ResponsePath): string => (path.prev ? `${placeOf(path.prev)}.${path.key}` : String(path.key));

/** Everybody whom arguments name, by number or by id. */
const peopleIn = (given: object): string[] =>
  Object.entries(given).flatMap(([name, value]: [string, unknown]) => {
    if (value === null || value === undefined) return [];
    if (name === 'who') return peopleIn(value);
    if (name === 'number') return [personOf(String(value))];
    return name === 'id' || name === 'ids' || name === 'others' ? [value].flat().map(String) : [];
  });
