import { type ArgumentNode, type DirectiveNode, Kind, print, visit } from 'graphql';
import { refuseIfAny } from '../admission/refusal.ts';
import { parseSdl } from './read.ts';
import { readVocabulary } from './specifications.ts';

/**
 * Features whose `for:` makes `@apollo/gateway` 2.14 refuse a supergraph though they change no plan or are planned for by
 * its own planner. Any other unknown `for: EXECUTION` stays, and the gateway rightly refuses what it cannot execute.
 */
const WAIVED = new Set(['context', 'cost', 'cacheTag'].map((name) => `https://specs.apollo.dev/${name}`));

/**
 * A copy for `@apollo/gateway`, which refuses to load links `for: SECURITY` or `for: EXECUTION` that it does not know.
 * Removed are the guards' links, definitions and applications and nothing else; three more that it would
 * refuse (context, cost, cacheTag) only lose the `for:` of their link, because the planner still reads their applications.
 * The rules are read from the original: never take the copy for it.
 */
export function stripAuthorization(supergraphSdl: string): string {
  const document = parseSdl(supergraphSdl);
  const { vocabulary, refusals } = readVocabulary(document);
  refuseIfAny(refusals);
  const guardLinks = new Set<DirectiveNode>(vocabulary.guardFeatures.map(({ node }) => node));
  const purposes = new Set<ArgumentNode | undefined>(
    vocabulary.features
      .filter(({ identity, purpose }) => purpose !== undefined && WAIVED.has(identity))
      .map(({ node }) => node.arguments?.find(({ name }) => name.value === 'for')),
  );
  const stripped = visit(document, {
    Directive: (node) => (guardLinks.has(node) || vocabulary.guards.has(node.name.value) ? null : undefined),
    Argument: (node) => (purposes.has(node) ? null : undefined),
    DirectiveDefinition: (node) => (vocabulary.guards.has(node.name.value) ? null : undefined),
    ScalarTypeDefinition: (node) => (vocabulary.types.has(node.name.value) ? null : undefined),
  });
  return `${print({ kind: Kind.DOCUMENT, definitions: stripped.definitions })}\n`;
}
