import type { Bilingual } from '@lienthong/schema/catalogue';
import { type ConstDirectiveNode, type FieldDefinitionNode, Kind, parse } from 'graphql';

/** What the composed schema says of a field: who answers it, and its description in both languages. */
export interface Described extends Bilingual {
  readonly department: string;
}

/** The first sentence: descriptions go on about formats and rules. */
const firstSentence = (text: string): string =>
  text
    .replace(/\s+/g, ' ')
    .split(/[.;:] /)[0]
    ?.replace(/\.$/, '') ?? '';

/** Descriptions hold both languages, Vietnamese first, apart by ` / ` or as two halves of their lines. */
const languagesOf = (description: string): Bilingual => {
  const [vi, en] = description.split(/\s\/\s/);
  if (vi !== undefined && en !== undefined) return { vi: firstSentence(vi), en: firstSentence(en) };
  const lines = description.split('\n');
  const half = Math.ceil(lines.length / 2);
  return { vi: firstSentence(lines.slice(0, half).join(' ')), en: firstSentence(lines.slice(half).join(' ')) };
};

const graphOf = (directives: readonly ConstDirectiveNode[] = []): string | undefined => {
  for (const { name, arguments: args = [] } of directives) {
    if (name.value !== 'join__field' && name.value !== 'join__type') continue;
    const graph = args.find((argument) => argument.name.value === 'graph')?.value;
    if (graph?.kind === Kind.ENUM) return graph.value;
  }
  return undefined;
};

/** Names that composition made of the departments' names: upper case, as enum values. */
const departmentNames = (document: ReturnType<typeof parse>): ReadonlyMap<string, string> => {
  const graphs = document.definitions.find(
    (node) => node.kind === Kind.ENUM_TYPE_DEFINITION && node.name.value === 'join__Graph',
  );
  if (graphs?.kind !== Kind.ENUM_TYPE_DEFINITION) return new Map();
  return new Map(
    (graphs.values ?? []).map(({ name, directives = [] }) => {
      const argument = directives[0]?.arguments?.find((one) => one.name.value === 'name')?.value;
      return [name.value, argument?.kind === Kind.STRING ? argument.value : name.value.toLowerCase()];
    }),
  );
};

/** Every described field of a composed schema by its coordinate. */
export const descriptionsIn = (supergraph: string): ReadonlyMap<string, Described> => {
  const document = parse(supergraph, { noLocation: true });
  const names = departmentNames(document);
  const found = new Map<string, Described>();
  for (const node of document.definitions) {
    if (node.kind !== Kind.OBJECT_TYPE_DEFINITION) continue;
    for (const field of node.fields ?? ([] as readonly FieldDefinitionNode[])) {
      const graph = graphOf(field.directives) ?? graphOf(node.directives);
      const department = graph === undefined ? undefined : names.get(graph);
      if (department === undefined || field.description === undefined) continue;
      found.set(`${node.name.value}.${field.name.value}`, { department, ...languagesOf(field.description.value) });
    }
  }
  return found;
};
