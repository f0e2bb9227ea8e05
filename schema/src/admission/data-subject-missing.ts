import { type GraphQLSchema, isObjectType } from 'graphql';
import { effectiveRule } from '../rules/effective.ts';
import type { Rules } from '../rules/read.ts';
import { isEmpty } from '../rules/rule.ts';
import { type DataSubjects, dataSubjectsOf } from '../subjects/read.ts';
import { readShapes } from '../subjects/shapes.ts';
import type { DepartmentSchema } from './department.ts';
import { type Refusal, refusal } from './refusal.ts';

/**
 * Under `dataSubjects: required`, guarded fields that do not say whose data they are: the ledger would record that they
 * were seen and could tell nobody.
 */
export function missingDataSubjects(
  departments: readonly DepartmentSchema[],
  rules: Rules,
  subjects: DataSubjects,
  schema: GraphQLSchema,
): readonly Refusal[] {
  const shapes = departments.map(({ name, document }) => ({ name, composites: readShapes(document).composites }));
  return Object.values(schema.getTypeMap())
    .filter((type) => isObjectType(type) && !type.name.startsWith('__'))
    .flatMap((type) => (isObjectType(type) ? Object.keys(type.getFields()).map((field) => [type.name, field]) : []))
    .filter(([type = '', field = '']) => !isEmpty(effectiveRule(rules, schema, type, field)))
    .filter(([type = '', field = '']) => dataSubjectsOf(subjects, type, field) === undefined)
    .map(([type = '', field = '']) => {
      const owners = shapes.filter(({ composites }) => composites.get(type)?.has(field)).map(({ name }) => name);
      return missing(`[${owners.join(', ')}]`, `${type}.${field}`, type);
    });
}

const missing = (owners: string, coordinate: string, type: string): Refusal =>
  refusal(
    'DATA_SUBJECT_MISSING',
    `${owners} ${coordinate} được bảo vệ nhưng không ghi là dữ liệu của ai; thêm vào ${type} hoặc vào trường: @dataSubject(path: "citizen.id"), (argument: "personalNumber"), (enclosing: true) nếu là của đối tượng bao quanh, (none: "lý do") nếu không của ai`,
    `${owners} ${coordinate} is guarded and does not say whose data it is; add to ${type} or to the field: @dataSubject(path: "citizen.id"), (argument: "personalNumber"), (enclosing: true) if it belongs to the object around it, (none: "the reason") if it is nobody's`,
    { coordinate },
  );
