import { type DocumentNode, Kind, parse } from 'graphql';
import type { Rules } from '../rules/read.ts';
import { type Refusal, refusal } from './refusal.ts';

/**
 * Guarded fields that are keys. They may travel between departments and stay unreadable to callers (AUTHORIZATION §1.8);
 * a warning, because a department must resolve a representation even where the caller may not read its key.
 */
export function guardedKeys(supergraph: DocumentNode, rules: Rules): readonly Refusal[] {
  return [...keysIn(supergraph)]
    .filter((coordinate) => rules.fields.has(coordinate))
    .map((coordinate) =>
      refusal(
        'GUARDED_KEY',
        `${coordinate} là khoá và được bảo vệ: các ngành vẫn trao đổi nó, người gọi không đọc được nếu thiếu quyền`,
        `${coordinate} is a key and guarded: departments still exchange it, callers without its scope cannot read it`,
        { coordinate },
      ),
    );
}

/** `Type.field` of every field in a key of a supergraph's object types. */
export function keysIn(supergraph: DocumentNode): ReadonlySet<string> {
  const coordinates = new Set<string>();
  for (const node of supergraph.definitions) {
    if (node.kind !== Kind.OBJECT_TYPE_DEFINITION) continue;
    for (const { name, arguments: given } of node.directives ?? []) {
      const key = given?.find((argument) => argument.name.value === 'key')?.value;
      if (name.value !== 'join__type' || key?.kind !== Kind.STRING) continue;
      for (const field of topFields(key.value)) coordinates.add(`${node.name.value}.${field}`);
    }
  }
  return coordinates;
}

function topFields(fieldSet: string): readonly string[] {
  const operation = parse(`{ ${fieldSet} }`, { noLocation: true }).definitions[0];
  if (operation?.kind !== Kind.OPERATION_DEFINITION) return [];
  return operation.selectionSet.selections.flatMap((each) => (each.kind === Kind.FIELD ? [each.name.value] : []));
}
