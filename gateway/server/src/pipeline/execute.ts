import { createHash } from 'node:crypto';

import { type GraphQLFormattedError, print } from 'graphql';

import type { Executed, Execution } from '../execution/engine.ts';
import { CALL_PLACE } from '../execution/place-of-call.ts';
import type { PrivateNames } from '../execution/private-names.ts';
import type { PreparedOperation } from '../operation/model.ts';
import type { Decision } from '../policy/authorize.ts';
import { clientPath } from './client-path.ts';
import type { Filter } from './filter.ts';
import type { Operated } from './operate.ts';

/**
 * Asks the departments for what is permitted, and for nothing where nothing is.
 *
 * @param identifyPersons whether the answer has to tell whom it is about
 * @param witness where departments tell each other something, told what
 */
export const execute = async (
  operation: PreparedOperation,
  { asked }: Decision,
  variables: ReadonlyMap<string, unknown>,
  names: PrivateNames,
  { version, context }: Operated,
  filter: Filter,
  identifyPersons: boolean,
  witness?: Execution['witness'],
): Promise<Executed> => {
  const subjects = identifyPersons ? version.subjects : undefined;
  const permitted = filter.permittedDocument(operation, asked, variables, names, subjects);
  if (!permitted) return { data: {}, errors: [] };
  return version.engine.execute({
    ...permitted,
    shape: sha256(print(permitted.document)),
    principal: context.principal,
    requestId: context.requestId,
    language: context.language,
    deadline: context.deadline,
    trace: context.trace,
    outcome: context.outcome,
    ...(witness ? { witness } : {}),
  });
};

/** A department's error in the caller's words: private aliases become response keys again. */
export const inClientNames = (
  error: GraphQLFormattedError,
  { selections }: PreparedOperation,
  names: PrivateNames,
): GraphQLFormattedError => {
  const { [CALL_PLACE]: place, argument, ...others } = error.extensions ?? {};
  const extensions = typeof argument === 'string' ? { ...others, argument: names.clientArgument(argument) } : others;
  const path = clientPath(error.path ?? (Array.isArray(place) ? place : []), selections, names);
  if (path.length === 0) return { message: error.message, extensions };
  const affectedPath = path.map((key) => (typeof key === 'number' ? '@' : key)).join('.');
  // A GraphQL path cannot mean every item of a list, so a whole call below a list is told by `affectedPath` alone.
  return {
    message: error.message,
    ...(path.includes('@') ? {} : { path }),
    extensions: { ...extensions, affectedPath },
  };
};

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
