import { directiveNames, readFeatures } from '@lienthong/schema/rules';
import { type DocumentNode, Kind, parse } from 'graphql';

const USUAL_LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: [
  "@key", "@shareable", "@external", "@requires", "@provides", "@inaccessible", "@override", "@tag", "@interfaceObject",
  "@authenticated", "@requiresScopes", "@policy", "@cost", "@listSize", "@context", "@fromContext"
])`;

/** The same, with what schema/shared.graphql says of data subjects. */
const WITH_SUBJECTS = `${USUAL_LINK.replace('"@key"', '"@key", "@composeDirective"')}
  @link(url: "https://specs.lienthong.example/dataSubject/v0.1", import: ["@dataSubject"])
  @composeDirective(name: "@dataSubject")
directive @dataSubject(enclosing: Boolean, path: String, argument: String, none: String) repeatable on OBJECT | FIELD_DEFINITION`;

/**
 * A department's SDL as it is composed: one that says nothing of `@link` means the usual one, with that of data subjects
 * where it states any.
 */
export const withLink = (sdl: string): string => {
  if (sdl.includes('@link(')) return sdl;
  const links = sdl.includes('@dataSubject(') ? WITH_SUBJECTS : USUAL_LINK;
  return `${links}\n${sdl}`;
};

/** The keys by which a department can be asked for an object: by type, the fields of each key. */
export type Keys = ReadonlyMap<string, readonly (readonly string[])[]>;

/** Keys of plain fields alone: the tables have no others. */
export const keysOf = (sdl: string): Keys => {
  const document = parse(sdl);
  const names = directivesOf(document, 'key');
  const keys = new Map<string, string[][]>();
  for (const node of document.definitions) {
    if (!('directives' in node) || !('name' in node) || !node.name) continue;
    for (const directive of node.directives ?? []) {
      const fields = directive.arguments?.find(({ name }) => name.value === 'fields')?.value;
      if (!names.has(directive.name.value) || fields?.kind !== Kind.STRING) continue;
      const key = fields.value.split(/\s+/).filter((field) => field !== '');
      keys.set(node.name.value, [...(keys.get(node.name.value) ?? []), key]);
    }
  }
  return keys;
};

/** The names under which a directive of the federation specification goes in this document. */
const directivesOf = (document: DocumentNode, name: string): ReadonlySet<string> =>
  new Set(
    readFeatures(document)
      .features.filter(({ identity }) => identity.endsWith('/federation'))
      .flatMap((feature) => [...directiveNames(feature, name)]),
  );
