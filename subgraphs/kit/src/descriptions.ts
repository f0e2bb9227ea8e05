import type { ApolloServerPlugin, BaseContext } from '@apollo/server';
import {
  type ASTVisitor,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  type SelectionSetNode,
  type ValidationContext,
} from 'graphql';

/** Root fields that tell of the schema and hold no record. */
const DESCRIPTIONS: ReadonlySet<string> = new Set(['__schema', '__type', '_service']);

/** For the gateway, whose departments were composed from files: `_service` is refused as introspection is. */
export const refuseService = (context: ValidationContext): ASTVisitor => ({
  Field(node) {
    if (node.name.value !== '_service') return;
    context.reportError(new GraphQLError('_service is for the deployer alone', { nodes: node }));
  },
});

/** Whether a selection holds descriptions and nothing else; the document is valid, so its fragments end. */
const isDescription = (
  { selections }: SelectionSetNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): boolean =>
  selections.every((selection) => {
    if (selection.kind === Kind.FIELD) return DESCRIPTIONS.has(selection.name.value);
    if (selection.kind === Kind.INLINE_FRAGMENT) return isDescription(selection.selectionSet, fragments);
    const fragment = fragments.get(selection.name.value);
    return fragment !== undefined && isDescription(fragment.selectionSet, fragments);
  });

/** For the deployer: nothing but what the schema says of itself. */
export const refuseRecords = (): ApolloServerPlugin<BaseContext> => ({
  async requestDidStart() {
    return {
      async didResolveOperation({ document, operation }) {
        const fragments = new Map(
          document.definitions.flatMap((node) =>
            node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node] as const] : [],
          ),
        );
        if (operation?.operation === 'query' && isDescription(operation.selectionSet, fragments)) return;
        throw new GraphQLError('a deployer may ask for __schema, __type and _service alone', {
          extensions: { code: 'BAD_REQUEST' },
        });
      },
    };
  },
});
