import { type GraphQLSchema, getNamedType, isAbstractType, isObjectType } from 'graphql';
import type { DataSubjects } from '../subjects/read.ts';
import type { DataSubject } from '../subjects/resolve.ts';
import { type Refusal, refusal } from './refusal.ts';

/** A field by which objects of a type are reached: `Citizen.residence`. */
interface Way {
  readonly parent: string;
  readonly field: string;
}

/**
 * `enclosing: true` where some way from a root passes no object that has data subjects: on that way nobody would be
 * recorded. Types that state nothing are passed through; `none` and the roots have none to lend.
 */
export function enclosedByNobody(subjects: DataSubjects, schema: GraphQLSchema): readonly Refusal[] {
  const roots = new Set([schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]);
  const rootNames = new Set([...roots].flatMap((root) => (root ? [root.name] : [])));
  const waysTo = waysIn(schema);
  const refusals: Refusal[] = [];

  const climb = (coordinate: string, typeName: string): Refusal | undefined => {
    const passed = new Set<string>();
    const rest = [typeName];
    for (let reached = rest.pop(); reached !== undefined; reached = rest.pop()) {
      if (passed.has(reached)) continue;
      passed.add(reached);
      for (const { parent, field } of waysTo.get(reached) ?? []) {
        const declared = subjects.types.get(parent);
        if (rootNames.has(parent) || declared?.some(({ kind }) => kind === 'none')) {
          return nobody(coordinate, `${parent}.${field}`, typeName);
        }
        if (!declared?.some(hasSubjects)) rest.push(parent);
      }
    }
    return undefined;
  };

  for (const [typeName, declared] of subjects.types) {
    if (!isObjectType(schema.getType(typeName)) || !declared.some(isEnclosing)) continue;
    const refused = climb(typeName, typeName);
    if (refused) refusals.push(refused);
  }
  for (const [coordinate, declared] of subjects.fields) {
    const [typeName = '', fieldName = ''] = coordinate.split('.');
    const type = schema.getType(typeName);
    if (!isObjectType(type) || !Object.hasOwn(type.getFields(), fieldName) || !declared.some(isEnclosing)) continue;
    const refused = rootNames.has(typeName) ? nobody(coordinate, coordinate, typeName) : climb(coordinate, typeName);
    if (refused) refusals.push(refused);
  }
  return refusals;
}

const isEnclosing = ({ kind }: DataSubject): boolean => kind === 'enclosing';

/** Whether an object has subjects of its own, whatever is around it. */
const hasSubjects = ({ kind }: DataSubject): boolean => kind === 'path';

/** Object type → the fields by which callers reach it, behind interfaces and unions too. */
function waysIn(schema: GraphQLSchema): ReadonlyMap<string, readonly Way[]> {
  const ways = new Map<string, Way[]>();
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) {
      const value = getNamedType(field.type);
      for (const { name } of isAbstractType(value) ? schema.getPossibleTypes(value) : [value]) {
        ways.set(name, [...(ways.get(name) ?? []), { parent: type.name, field: field.name }]);
      }
    }
  }
  return ways;
}

const nobody = (coordinate: string, way: string, typeName: string): Refusal =>
  refusal(
    'DATA_SUBJECT_INVALID',
    `${coordinate}: @dataSubject(enclosing: true), nhưng qua ${way} thì không có người nào bao quanh; ghi path cho ${typeName} hoặc cho kiểu bao quanh`,
    `${coordinate}: @dataSubject(enclosing: true), but through ${way} nobody is around it; give ${typeName} or the type around it a path`,
    { coordinate },
  );
