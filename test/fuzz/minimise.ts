import { type DocumentNode, print, type SelectionSetNode, validate, visit } from 'graphql';
import type { Federation } from './federation.ts';
import { documentOf, type Finding, type Trial } from './trial.ts';

/** No failure is worth more tries than this. */
const MAX_TRIES = 400;

/**
 * Leaves out selections, directives and definitions as long as the same kind of finding remains.
 *
 * @param find what is wrong with a trial
 */
export const minimise = async (
  federation: Federation,
  trial: Trial,
  what: string,
  find: (trial: Trial) => Promise<Finding | undefined>,
): Promise<Trial> => {
  let smallest = trial;
  let tries = 0;
  for (let position = 0; tries < MAX_TRIES; ) {
    const text = without(smallest.document, position);
    if (text === undefined) break;
    tries++;
    const operation = { ...smallest.operation, text };
    const document = documentOf(operation);
    const valid = validate(federation.monolith.schema, document, undefined, { maxErrors: 1 }).length === 0;
    const finding = valid ? await find({ ...trial, operation, document }).catch(() => undefined) : undefined;
    if (finding?.what === what) smallest = { ...trial, operation, document };
    else position++;
  }
  return smallest;
};

/** The document without its selection or directive at this position, and without what nobody needs any more. */
const without = (document: DocumentNode, position: number): string | undefined => {
  let count = 0;
  let found = false;
  const drop = () => {
    if (count++ !== position) return undefined;
    found = true;
    return null;
  };
  const emptied = ({ selectionSet }: { readonly selectionSet?: SelectionSetNode | undefined }) =>
    selectionSet?.selections.length === 0 ? null : undefined;
  const cut: DocumentNode = visit(document, {
    Field: { enter: drop, leave: emptied },
    InlineFragment: { enter: drop, leave: emptied },
    FragmentDefinition: { leave: emptied },
    OperationDefinition: { leave: emptied },
    FragmentSpread: drop,
    Directive: drop,
  });
  // A document without any definition prints as nothing, and stays as it was.
  return found ? print(tidy(cut)) || print(document) : undefined;
};

/** Fragments that nobody spreads and variables that nobody reads would make the document invalid. */
const tidy = (document: DocumentNode): DocumentNode => {
  const needed = new Set<string>();
  visit(document, {
    FragmentSpread: ({ name }) => void needed.add(name.value),
    VariableDefinition: () => false,
    Variable: ({ name }) => void needed.add(`$${name.value}`),
  });
  return visit(document, {
    FragmentDefinition: ({ name }) => (needed.has(name.value) ? undefined : null),
    VariableDefinition: ({ variable }) => (needed.has(`$${variable.name.value}`) ? undefined : null),
  });
};
