import { Kind } from 'graphql';
import type { Declaration, Segments } from './declaration.ts';
import { type FieldShape, namedType, type Shapes } from './shapes.ts';

/** Whose data a coordinate holds, one of possibly several declarations. */
export type DataSubject =
  /** Field names to follow, to one or more `Citizen.id`s: from an object of the type, or from the field's value. */
  | { readonly kind: 'path'; readonly segments: Segments }
  /** Argument, then members of input objects; a list on the way is flattened. */
  | { readonly kind: 'argument'; readonly segments: Segments; readonly by: 'number' | 'id' }
  /** Those of the nearest object around. */
  | { readonly kind: 'enclosing' }
  /** Nobody's. */
  | { readonly kind: 'none'; readonly reason: string };

/** Why a declaration cannot work, in both languages. */
export interface Fault {
  readonly vi: string;
  readonly en: string;
}

/** The scalar of personal numbers in schema/shared.graphql. */
const PERSONAL_NUMBER = 'PersonalNumber';

/**
 * Holds a declaration against the types around it.
 *
 * @param field where it stands on a field; absent where it stands on the type
 */
export function resolveDeclaration(
  declaration: Declaration,
  shapes: Shapes,
  typeName: string,
  field: FieldShape | undefined,
): DataSubject | Fault {
  if (declaration.kind === 'path') {
    return faultOfPath(declaration.segments, shapes, field?.type ?? typeName) ?? declaration;
  }
  if (declaration.kind !== 'argument') return declaration;
  const by = field && argumentKind(declaration.segments, shapes, field);
  if (by !== undefined && typeof by !== 'string') return by;
  if (by !== undefined) return { ...declaration, by };
  return {
    vi: 'argument chỉ đặt được trên trường có đối số; trên kiểu hãy dùng path, enclosing hoặc none',
    en: 'argument belongs on a field that takes arguments; on a type use path, enclosing or none',
  };
}

/** Every segment a field that can be selected as it is, the last one of type ID. */
function faultOfPath(segments: Segments, shapes: Shapes, start: string): Fault | undefined {
  let typeName = start;
  for (const [index, segment] of segments.entries()) {
    const fields = shapes.composites.get(typeName);
    if (fields === undefined) {
      return {
        vi: `path không đi tiếp được từ «${typeName}», không phải kiểu đối tượng hay interface`,
        en: `the path cannot go on from ${typeName}, which is no object type or interface`,
      };
    }
    const field = fields.get(segment);
    if (field === undefined) {
      return {
        vi: `path: ${typeName} không có trường «${segment}» trong lược đồ của ngành`,
        en: `path: ${typeName} has no field "${segment}" in the department's schema`,
      };
    }
    const must = field.node.arguments?.find((each) => each.type.kind === Kind.NON_NULL_TYPE && !each.defaultValue);
    if (must !== undefined) {
      return {
        vi: `path: ${typeName}.${segment} đòi đối số ${must.name.value}; chọn đường không cần đối số`,
        en: `path: ${typeName}.${segment} needs the argument ${must.name.value}; take a way without arguments`,
      };
    }
    if (field.node.directives?.some(({ name }) => EXTERNAL.test(name.value))) {
      return {
        vi: `path: ${typeName}.${segment} là @external; ngành phải tự trả lời được cả đường`,
        en: `path: ${typeName}.${segment} is @external; the department must resolve the whole way itself`,
      };
    }
    if (index === segments.length - 1 && field.type !== 'ID') {
      return {
        vi: `path kết thúc ở ${typeName}.${segment} kiểu ${field.type}; phải kết thúc ở Citizen.id, kiểu ID`,
        en: `the path ends at ${typeName}.${segment} of type ${field.type}; it must end at Citizen.ids, of type ID`,
      };
    }
    typeName = field.type;
  }
  return undefined;
}

/** Keys of other departments' entities are `@external` only where the department cannot serve them. */
const EXTERNAL = /(^|__)external$/;

/** How the argument at the end of a path names people. */
function argumentKind([first, ...others]: Segments, shapes: Shapes, field: FieldShape): 'number' | 'id' | Fault {
  let input = field.node.arguments?.find(({ name }) => name.value === first);
  if (input === undefined) {
    return { vi: `không có đối số «${first}»`, en: `there is no argument "${first}"` };
  }
  for (const segment of others) {
    const typeName = namedType(input.type);
    input = shapes.inputs.get(typeName)?.get(segment);
    if (input === undefined) {
      return { vi: `argument: ${typeName} không có «${segment}»`, en: `argument: ${typeName} has no "${segment}"` };
    }
  }
  const typeName = namedType(input.type);
  if (typeName === PERSONAL_NUMBER) return 'number';
  if (typeName === 'ID') return 'id';
  return {
    vi: `argument kết thúc ở kiểu ${typeName}; phải là PersonalNumber hoặc ID (Citizen.id)`,
    en: `the argument is of type ${typeName}; it must be PersonalNumber or ID (a Citizen.id)`,
  };
}
