import { type ConstDirectiveNode, type DefinitionNode, Kind } from 'graphql';

import { argumentOf, JOIN_TYPE } from './join.ts';

/**
 * The supergraph without keys that are declared `resolvable: false`. Such a key says how others may be entered from a
 * department, never how it may be entered, and plans need it for neither: the fields are resolved there all the same. But
 * after a @requires the planner goes back by the first key it finds, resolvable or not, and nobody answers.
 *
 * An @interfaceObject must have a key to be one, so its last key stays.
 *
 * @returns the very same definitions where there is no such key
 */
export const withoutUnresolvableKeys = (definitions: readonly DefinitionNode[]): readonly DefinitionNode[] => {
  let found = false;
  const copied = definitions.map((definition) => {
    const isEntity =
      definition.kind === Kind.OBJECT_TYPE_DEFINITION || definition.kind === Kind.INTERFACE_TYPE_DEFINITION;
    if (!isEntity || !definition.directives?.some(isUnresolvable)) return definition;
    found = true;
    return { ...definition, directives: resolvableOnly(definition.directives) };
  });
  return found ? copied : definitions;
};

const resolvableOnly = (directives: readonly ConstDirectiveNode[]): ConstDirectiveNode[] => {
  const kept = new Set<unknown>();
  for (const directive of directives) {
    if (directive.name.value === JOIN_TYPE && !isUnresolvable(directive)) kept.add(argumentOf(directive, 'graph'));
  }
  return directives.flatMap((directive) => {
    if (!isUnresolvable(directive)) return [directive];
    const graph = argumentOf(directive, 'graph');
    if (kept.has(graph)) return [];
    kept.add(graph);
    return [argumentOf(directive, 'isInterfaceObject') === true ? directive : withoutKey(directive)];
  });
};

const isUnresolvable = (directive: ConstDirectiveNode): boolean =>
  directive.name.value === JOIN_TYPE && argumentOf(directive, 'resolvable') === false;

const withoutKey = (directive: ConstDirectiveNode): ConstDirectiveNode => ({
  ...directive,
  arguments: directive.arguments?.filter(({ name }) => name.value !== 'key' && name.value !== 'resolvable') ?? [],
});
