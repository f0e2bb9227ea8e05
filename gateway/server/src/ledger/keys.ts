import { type ConstDirectiveNode, Kind, parse } from 'graphql';

/**
 * What tells a department nothing new: the fields by which it knows its entities, which name an object and no more, and those
 * that nobody resolves but itself.
 */
export class Keys {
  readonly #fields = new Map<string, Set<string>>();
  /** By coordinate, of those that one department alone resolves. */
  readonly #sole = new Map<string, string>();

  /** @param sdl a supergraph */
  constructor(sdl: string) {
    const departments = new Map<string, string>();
    const { definitions } = parse(sdl, { noLocation: true });
    for (const node of definitions) {
      if (node.kind !== Kind.ENUM_TYPE_DEFINITION || node.name.value !== 'join__Graph') continue;
      for (const { name, directives = [] } of node.values ?? []) {
        for (const each of directives) departments.set(name.value, textOf(each, 'name') ?? name.value.toLowerCase());
      }
    }
    for (const node of definitions) {
      if (node.kind !== Kind.OBJECT_TYPE_DEFINITION && node.kind !== Kind.INTERFACE_TYPE_DEFINITION) continue;
      for (const directive of node.directives ?? []) {
        const key = directive.name.value === 'join__type' ? textOf(directive, 'key') : undefined;
        if (key === undefined) continue;
        const department = departments.get(textOf(directive, 'graph') ?? '') ?? '';
        const fields = this.#fields.get(`${department} ${node.name.value}`) ?? new Set();
        this.#fields.set(`${department} ${node.name.value}`, fields);
        for (const name of outermost(key)) fields.add(name);
      }
      const owners = graphsOf(node.directives, 'join__type');
      for (const { name, directives = [] } of node.fields ?? []) {
        const [graph, ...others] = directives.some((each) => each.name.value === 'join__field')
          ? graphsOf(directives, 'join__field')
          : owners;
        if (graph === undefined || others.length > 0) continue;
        this.#sole.set(`${node.name.value}.${name.value}`, departments.get(graph) ?? '');
      }
    }
  }

  has(department: string, type: string, field: string): boolean {
    return this.#fields.get(`${department} ${type}`)?.has(field) === true;
  }

  /** Whether what stands in a field of an object type comes from this department, and can come from no other. */
  isOwn(department: string, type: string, field: string): boolean {
    return this.#sole.get(`${type}.${field}`) === department;
  }
}

const textOf = ({ arguments: given = [] }: ConstDirectiveNode, name: string): string | undefined => {
  const value = given.find((argument) => argument.name.value === name)?.value;
  return value?.kind === Kind.STRING || value?.kind === Kind.ENUM ? value.value : undefined;
};

/** The departments that a directive names, each once, but for those that only mention the field. */
const graphsOf = (directives: readonly ConstDirectiveNode[] | undefined, name: string): string[] => [
  ...new Set(
    (directives ?? []).flatMap((each) => {
      const isExternal = each.arguments?.some(
        (given) => given.name.value === 'external' && given.value.kind === Kind.BOOLEAN && given.value.value,
      );
      return each.name.value === name && !isExternal ? (textOf(each, 'graph') ?? []) : [];
    }),
  ),
];

/** The names that stand in a field set itself, not in what it selects within them. */
const outermost = (fields: string): string[] => {
  const [operation] = parse(`{ ${fields} }`, { noLocation: true }).definitions;
  if (operation?.kind !== Kind.OPERATION_DEFINITION) return [];
  return operation.selectionSet.selections.flatMap((each) => (each.kind === Kind.FIELD ? [each.name.value] : []));
};
