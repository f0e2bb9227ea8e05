import { Kind, visit } from 'graphql';
import { GUARDS, type Guard, readVocabulary } from '../rules/specifications.ts';
import type { DepartmentSchema } from './department.ts';
import { type Refusal, refusal } from './refusal.ts';

/**
 * A guard goes by one name in all departments, and a name means one guard: otherwise a reader of two schemas, or a tool
 * that merges them by name, takes one guard for the other. Composition compares only those that both departments apply.
 */
export function differingRenames(departments: readonly DepartmentSchema[]): readonly Refusal[] {
  const names = new Map<Guard, Map<string, string>>(GUARDS.map((guard) => [guard, new Map()]));
  const meanings = new Map<string, Map<Guard, string>>();
  for (const department of departments) {
    for (const [name, guard] of namesIn(department)) {
      if (!names.get(guard)?.has(name)) names.get(guard)?.set(name, department.name);
      const guards = meanings.get(name) ?? new Map<Guard, string>();
      if (!guards.has(guard)) guards.set(guard, department.name);
      meanings.set(name, guards);
    }
  }
  return [
    ...[...names].filter(([, found]) => found.size > 1).map(([guard, found]) => severalNames(guard, found)),
    ...[...meanings].filter(([, found]) => found.size > 1).map(([name, found]) => severalMeanings(name, found)),
  ];
}

/** The names that a department imports or applies. */
function namesIn({ document }: DepartmentSchema): ReadonlyMap<string, Guard> {
  const { vocabulary } = readVocabulary(document);
  const found = new Map<string, Guard>();
  const note = (name: string) => {
    const guard = vocabulary.guards.get(name);
    if (guard !== undefined) found.set(name, guard);
  };
  for (const { imports } of vocabulary.features) for (const name of imports.values()) note(name.replace(/^@/, ''));
  visit(document, { [Kind.DIRECTIVE]: { enter: ({ name }: { name: { value: string } }) => note(name.value) } });
  return found;
}

function severalNames(guard: Guard, found: ReadonlyMap<string, string>): Refusal {
  const list = [...found].map(([name, department]) => `@${name} (${department})`).join(', ');
  return refusal(
    'DIFFERING_RENAMES',
    `@${guard} mang nhiều tên ở các ngành: ${list}; hãy nhập cùng một tên`,
    `@${guard} goes by several names in the departments: ${list}; import it under one name`,
    { coordinate: `@${guard}` },
  );
}

function severalMeanings(name: string, found: ReadonlyMap<Guard, string>): Refusal {
  const list = [...found].map(([guard, department]) => `@${guard} (${department})`).join(', ');
  return refusal(
    'DIFFERING_RENAMES',
    `@${name} có nhiều nghĩa ở các ngành: ${list}; hãy đặt tên khác nhau`,
    `@${name} means several guards in the departments: ${list}; give each its own name`,
    { coordinate: `@${name}` },
  );
}
