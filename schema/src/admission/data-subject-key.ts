import type { DocumentNode } from 'graphql';
import type { DataSubjects } from '../subjects/read.ts';
import { readShapes, type Shapes } from '../subjects/shapes.ts';
import { keysIn } from './guarded-keys.ts';
import { type Refusal, refusal } from './refusal.ts';

/** The type whose ids are persons. */
const CITIZEN = 'Citizen';

/**
 * Under `dataSubjects: required`, paths that end at the key of something else than a Citizen: `path: "id"`, copied from
 * Citizen to Parcel, would enter parcels into the ledger as persons. Types cannot tell, every id is an `ID`.
 */
export function keysTakenForPersons(supergraph: DocumentNode, { types, fields }: DataSubjects): readonly Refusal[] {
  const shapes = readShapes(supergraph);
  const keys = keysIn(supergraph);
  return [...types, ...fields].flatMap(([coordinate, declared]) => {
    const [typeName = '', fieldName] = coordinate.split('.');
    const start = fieldName === undefined ? typeName : shapes.composites.get(typeName)?.get(fieldName)?.type;
    return declared.flatMap((each) => {
      const end = each.kind === 'path' && start !== undefined ? endOf(each.segments, shapes, start) : undefined;
      return end === undefined || end.startsWith(`${CITIZEN}.`) || !keys.has(end) ? [] : [noPerson(coordinate, end)];
    });
  });
}

/** The coordinate at which a path ends. */
function endOf(segments: readonly string[], shapes: Shapes, start: string): string | undefined {
  let typeName: string | undefined = start;
  let end: string | undefined;
  for (const segment of segments) {
    end = `${typeName}.${segment}`;
    typeName = typeName === undefined ? undefined : shapes.composites.get(typeName)?.get(segment)?.type;
  }
  return end;
}

const noPerson = (coordinate: string, end: string): Refusal =>
  refusal(
    'DATA_SUBJECT_INVALID',
    `${coordinate}: @dataSubject: path kết thúc ở ${end}, khoá của một đối tượng khác, không phải Citizen.id; đi tiếp đến người, hoặc dùng enclosing hay none`,
    `${coordinate}: @dataSubject: the path ends at ${end}, which is the key of something else, not a Citizen.id; go on to the person, or use enclosing or none`,
    { coordinate },
  );
