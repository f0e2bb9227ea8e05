import { type ConstDirectiveNode, type DefinitionNode, Kind, valueFromASTUntyped } from 'graphql';

/** The `join__` metadata of a supergraph: which department has which type, and resolves which field. */

export const JOIN_TYPE = 'join__type';
export const JOIN_FIELD = 'join__field';

/** The value of one argument of a directive; undefined where it is not written. */
export const argumentOf = (directive: ConstDirectiveNode, name: string): unknown => {
  const found = directive.arguments?.find((argument) => argument.name.value === name);
  return found && valueFromASTUntyped(found.value);
};

/** Departments by their name in `join__Graph`. */
export const departmentNames = (definitions: readonly DefinitionNode[]): ReadonlyMap<string, string> => {
  const names = new Map<string, string>();
  for (const definition of definitions) {
    if (definition.kind !== Kind.ENUM_TYPE_DEFINITION || definition.name.value !== 'join__Graph') continue;
    for (const { name, directives = [] } of definition.values ?? []) {
      const graph = directives.find((directive) => directive.name.value === 'join__graph');
      const told = graph && argumentOf(graph, 'name');
      names.set(name.value, typeof told === 'string' ? told : name.value);
    }
  }
  return names;
};
