import type { Rules } from '@lienthong/schema/rules';
import {
  type ConstDirectiveNode,
  type EnumTypeDefinitionNode,
  Kind,
  type ObjectTypeDefinitionNode,
  parse,
  type TypeNode,
} from 'graphql';

/** What the supergraph says of one department. */
export interface DepartmentFacts {
  readonly name: string;
  /** Its address, as the supergraph has it. */
  readonly url?: string;
  /** Scopes named in rules on coordinates that it resolves. */
  readonly scopes: ReadonlySet<string>;
}

/**
 * Reads, from the `join__` metadata of a supergraph, which department resolves which field, and so which of a caller's
 * scopes each one may learn of (DESIGN §4, internal token). A coordinate counts with the rule of its parent and of the
 * type it returns.
 */
export const readDepartments = (supergraphSdl: string, rules: Rules): DepartmentFacts[] => {
  const document = parse(supergraphSdl, { noLocation: true });
  const names = new Map<string, string>();
  const urls = new Map<string, string>();
  const scopes = new Map<string, Set<string>>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.ENUM_TYPE_DEFINITION && definition.name.value === 'join__Graph') {
      for (const [value, name, url] of graphs(definition)) {
        names.set(value, name);
        if (url !== undefined && url !== '') urls.set(name, url);
      }
    }
  }
  for (const name of names.values()) scopes.set(name, new Set());

  const learn = (graph: string, coordinate: string, from: 'fields' | 'types') => {
    const target = scopes.get(names.get(graph) ?? '');
    for (const alternative of rules[from].get(coordinate)?.scopes ?? []) {
      for (const scope of alternative) target?.add(scope);
    }
  };

  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION) continue;
    const owners = argumentsOf(definition.directives, 'join__type', 'graph');
    for (const field of definition.fields ?? []) {
      const name = field.name.value;
      for (const graph of resolvers(field.directives, owners)) {
        learn(graph, `${definition.name.value}.${name}`, 'fields');
        learn(graph, definition.name.value, 'types');
        // By the document: a field that callers never see may still be fetched for another.
        learn(graph, nameOf(field.type), 'types');
      }
    }
  }
  return [...scopes].map(([name, named]) => {
    const url = urls.get(name);
    return { name, scopes: named, ...(url === undefined ? {} : { url }) };
  });
};

const nameOf = (type: TypeNode): string => (type.kind === Kind.NAMED_TYPE ? type.name.value : nameOf(type.type));

/** A field without `join__field` comes from every department that has the type. */
const resolvers = (directives: readonly ConstDirectiveNode[] | undefined, owners: readonly string[]): string[] => {
  const applications = (directives ?? []).filter(({ name }) => name.value === 'join__field');
  return applications.length === 0 ? [...owners] : argumentsOf(applications, 'join__field', 'graph');
};

const graphs = (node: EnumTypeDefinitionNode): [value: string, name: string, url: string | undefined][] =>
  (node.values ?? []).map((value) => [
    value.name.value,
    argumentsOf(value.directives, 'join__graph', 'name')[0] ?? value.name.value.toLowerCase(),
    argumentsOf(value.directives, 'join__graph', 'url')[0],
  ]);

const argumentsOf = (
  directives: ObjectTypeDefinitionNode['directives'],
  directive: string,
  argument: string,
): string[] =>
  (directives ?? []).flatMap((node) => {
    if (node.name.value !== directive) return [];
    const value = node.arguments?.find(({ name }) => name.value === argument)?.value;
    return value && (value.kind === Kind.ENUM || value.kind === Kind.STRING) ? [value.value] : [];
  });
