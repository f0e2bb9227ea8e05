import { written } from '../subjects/declaration.ts';
import type { DataSubjects } from '../subjects/read.ts';
import type { DataSubject } from '../subjects/resolve.ts';
import { type Refusal, refusal } from './refusal.ts';

/** A department and what it declares. */
export interface Declaring {
  readonly name: string;
  readonly subjects: DataSubjects;
}

/**
 * Departments that share a type or a field and disagree whose data it is. Composition would take all declarations
 * together, and people would be told that data was seen which is not theirs. Stating nothing is no disagreement.
 */
export function differingDataSubjects(departments: readonly Declaring[]): readonly Refusal[] {
  const stated = new Map<string, Map<string, string[]>>();
  for (const { name, subjects } of departments) {
    for (const [coordinate, declared] of [...subjects.types, ...subjects.fields]) {
      const byText = stated.get(coordinate) ?? new Map<string, string[]>();
      const text = textOf(declared);
      byText.set(text, [...(byText.get(text) ?? []), name]);
      stated.set(coordinate, byText);
    }
  }
  return [...stated].filter(([, byText]) => byText.size > 1).map(([coordinate, byText]) => differs(coordinate, byText));
}

/**
 * What a department declared and composition left out, which happens without `@composeDirective`. Composition does so in
 * silence, so it is compared.
 */
export function droppedDataSubjects(department: Declaring, supergraph: DataSubjects): readonly Refusal[] {
  const kept = (found: readonly DataSubject[] | undefined, declared: readonly DataSubject[]): boolean => {
    const texts = new Set(found?.map(written));
    return declared.every((each) => texts.has(written(each)));
  };
  const { types, fields } = department.subjects;
  const dropped = [
    ...[...types].filter(([coordinate, declared]) => !kept(supergraph.types.get(coordinate), declared)),
    ...[...fields].filter(([coordinate, declared]) => !kept(supergraph.fields.get(coordinate), declared)),
  ];
  return dropped.map(([coordinate]) =>
    refusal(
      'DATA_SUBJECT_INVALID',
      `[${department.name}] ghép lược đồ đã làm mất @dataSubject của ${coordinate}; thêm @composeDirective(name: "@dataSubject") cạnh @link, như schema/shared.graphql`,
      `[${department.name}] composition dropped the @dataSubject of ${coordinate}; add @composeDirective(name: "@dataSubject") beside the @link, as schema/shared.graphql does`,
      { coordinate, department: department.name },
    ),
  );
}

const textOf = (declared: readonly DataSubject[]): string => declared.map(written).sort().join(', ');

function differs(coordinate: string, byText: ReadonlyMap<string, readonly string[]>): Refusal {
  const list = [...byText].map(([text, names]) => `(${text}) [${names.join(', ')}]`).join('; ');
  return refusal(
    'DATA_SUBJECT_DIFFERS',
    `${coordinate}: các ngành ghi @dataSubject khác nhau: ${list}; hãy thống nhất`,
    `${coordinate}: the departments state different @dataSubject: ${list}; agree on one`,
    { coordinate },
  );
}
