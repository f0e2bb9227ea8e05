import { directiveNames, readFeatures } from '@lienthong/schema/rules';
import { type DefinitionNode, type DocumentNode, type FieldDefinitionNode, Kind, parse, print } from 'graphql';

import type { Subjects } from './subjects.ts';

const INACCESSIBLE = 'https://specs.apollo.dev/inaccessible';

/**
 * The supergraph by which plans are made: callers do not see an `@inaccessible` field, yet where it leads to data subjects
 * the gateway asks for it itself. What callers may write is decided by another schema.
 */
export const plannedSdl = (sdl: string, { coordinates }: Subjects): string => {
  if (coordinates.size === 0) return sdl;
  const document = parse(sdl, { noLocation: true });
  const hiding = namesOfInaccessible(document);
  const definitions = document.definitions.map((node): DefinitionNode => {
    if (node.kind !== Kind.OBJECT_TYPE_DEFINITION && node.kind !== Kind.INTERFACE_TYPE_DEFINITION) return node;
    const fields = node.fields?.map((field): FieldDefinitionNode => {
      if (!coordinates.has(`${node.name.value}.${field.name.value}`)) return field;
      return { ...field, directives: field.directives?.filter(({ name }) => !hiding.has(name.value)) ?? [] };
    });
    return fields ? { ...node, fields } : node;
  });
  return print({ kind: Kind.DOCUMENT, definitions });
};

const namesOfInaccessible = (document: DocumentNode): ReadonlySet<string> =>
  new Set(
    readFeatures(document)
      .features.filter(({ identity }) => identity === INACCESSIBLE)
      .flatMap((feature) => [...directiveNames(feature, 'inaccessible')]),
  );
