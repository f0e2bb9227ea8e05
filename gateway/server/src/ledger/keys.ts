import { type ConstDirectiveNode, Kind, parse } from 'graphql';

/** The fields by which departments know their entities: what is told to one in such a field names an object, no more. */
export class Keys {
  readonly #fields = new Map<string, Set<string>>();

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
    }
  }

  has(department: string, type: string, field: string): boolean {
    return this.#fields.get(`${department} ${type}`)?.has(field) === true;
  }
}

const textOf = ({ arguments: given = [] }: ConstDirectiveNode, name: string): string | undefined => {
  const value = given.find((argument) => argument.name.value === name)?.value;
  return value?.kind === Kind.STRING || value?.kind === Kind.ENUM ? value.value : undefined;
};

/** The names that stand in a field set itself, not in what it selects within them. */
const outermost = (fields: string): string[] => {
  const [operation] = parse(`{ ${fields} }`, { noLocation: true }).definitions;
  if (operation?.kind !== Kind.OPERATION_DEFINITION) return [];
  return operation.selectionSet.selections.flatMap((each) => (each.kind === Kind.FIELD ? [each.name.value] : []));
};
