import { type GraphQLObjectType, type GraphQLSchema, isIntrospectionType, isObjectType } from 'graphql';
import type { Logger } from 'pino';

import type { GatewayConfig } from '../config/index.ts';
import { isGuarded } from '../policy/guards.ts';
import type { SupergraphVersion } from './version.ts';

type Stating = Pick<SupergraphVersion, 'schema' | 'guards' | 'subjects'>;

/** Coordinates told in one line of the log. */
const TOLD = 20;

/**
 * Guarded fields that do not say whose data they are, where a ledger is kept: their records name whoever is around, at a root
 * nobody. Composition refuses them under `dataSubjects: required`, but a supergraph may come from elsewhere.
 */
export const tellUnstated = (version: Stating, log: Logger): void => {
  const unstated = [...guardedFields(version)].filter(([type, field]) => !isStated(version, type.name, field));
  if (unstated.length === 0) return;
  log.warn(
    { failure: 'data_subject_missing', count: unstated.length, coordinates: unstated.slice(0, TOLD).map(coordinateOf) },
    'guarded fields do not say whose data they are: the ledger may name nobody for them',
  );
};

/**
 * Compares what a new version says of whose data its guarded fields are with what the served one does. A declaration that is gone is
 * as good as a guard that is: what it was about would be seen, and nobody would ever read of it.
 *
 * @throws Error where declarations are lost and the gateway is to refuse what is weaker
 */
export const checkSubjectsLost = (
  previous: Stating,
  next: Stating,
  guardLost: GatewayConfig['authorization']['guardLost'],
  log: Logger,
): void => {
  let lost = 0;
  for (const [type, field] of guardedFields(next)) {
    if (isStated(next, type.name, field) || !isStated(previous, type.name, field)) continue;
    lost += 1;
    const coordinate = coordinateOf([type, field]);
    log[guardLost === 'refuse' ? 'error' : 'warn'](
      { failure: 'data_subject_lost', coordinate },
      'a guarded field does not say any more whose data it is',
    );
  }
  if (lost === 0 || guardLost === 'warn') return;
  throw new Error(
    `DATA_SUBJECT_LOST ${lost} guarded fields do not say any more whose data they are: restore their @dataSubject, or write ` +
      '@dataSubject(none: "the reason") where it is nobody\'s',
  );
};

type Field = readonly [type: GraphQLObjectType, field: string];

const coordinateOf = ([type, field]: Field): string => `${type.name}.${field}`;

const isStated = ({ schema, subjects }: Stating, type: string, field: string): boolean =>
  hasField(schema, type, field) && (subjects.ofField(type, field) ?? subjects.ofType(type)) !== undefined;

const hasField = (schema: GraphQLSchema, name: string, field: string): boolean => {
  const type = schema.getType(name);
  return isObjectType(type) && Object.hasOwn(type.getFields(), field);
};

/** Those that somebody may have, and not everybody. */
const guardedFields = function* ({ schema, guards }: Stating): Iterable<Field> {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || isIntrospectionType(type)) continue;
    for (const field of Object.keys(type.getFields())) {
      const guard = guards.field(type, field);
      if (!guard.closed && isGuarded(guard)) yield [type, field];
    }
  }
};
