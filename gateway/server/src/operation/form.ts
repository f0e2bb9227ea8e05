import { hash } from 'node:crypto';

import type { Condition, PreparedOperation, Selection } from './model.ts';

/**
 * The hash by which an operation is known where nobody may learn what it asked about: in the log, in traces, in the ledger,
 * at the decision point (docs/ledger.md §1). A hash of the caller's text would not do: a text is often known but for one
 * number, and numbers can be tried until the hash fits.
 *
 * @returns SHA-256 of the operation's form, in hex
 */
export const formHash = (operation: Pick<PreparedOperation, 'operation' | 'selections'>): string =>
  hash('sha256', formOf(operation), 'hex');

/**
 * What is left of an operation without a word of its caller's: names that the schema has, and how they stand in each other.
 * Values are left out however they are written, and so are all names that callers choose: of operations, variables,
 * fragments, and aliases above all, into which programs write the keys that they ask for (`c051085000001: citizen(…)`).
 */
export const formOf = ({ operation, selections }: Pick<PreparedOperation, 'operation' | 'selections'>): string =>
  `${operation}${setOf(selections)}`;

const setOf = (selections: readonly Selection[]): string => `{${selections.map(selectionOf).join(' ')}}`;

const selectionOf = (selection: Selection): string => {
  const conditions = selection.conditions.map(conditionOf).join('');
  if (selection.kind === 'fragment') return `...${selection.type.name}${conditions}${setOf(selection.selections)}`;
  const { name, leaf, selections } = selection;
  const given = selection.arguments.map((argument) => argument.name.value).sort();
  return `${name}${given.length > 0 ? `(${given.join()})` : ''}${conditions}${leaf ? '' : setOf(selections)}`;
};

const conditionOf = ({ include }: Condition): string => (include ? '@include' : '@skip');
