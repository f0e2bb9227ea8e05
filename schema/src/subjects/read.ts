import { type ConstDirectiveNode, type DocumentNode, Kind } from 'graphql';
import { type Refusal, refusal, refuseIfAny } from '../admission/refusal.ts';
import { directiveNames, type Feature, readFeatures } from '../rules/links.ts';
import { parseSdl } from '../rules/read.ts';
import { parseDeclaration, written } from './declaration.ts';
import { type DataSubject, resolveDeclaration } from './resolve.ts';
import { type FieldShape, readShapes } from './shapes.ts';

/** Whose data the coordinates of a schema hold. Those that state nothing are absent. */
export interface DataSubjects {
  /** Object type → its own declarations, which hold for its fields. */
  readonly types: ReadonlyMap<string, readonly DataSubject[]>;
  /** `Type.field` → its own declarations, which stand in place of its type's. */
  readonly fields: ReadonlyMap<string, readonly DataSubject[]>;
}

/** The specification by which the directive is known, whatever it is called in a schema. */
const SPECIFICATION = 'https://specs.lienthong.example/dataSubject';
const KNOWN_VERSION = 'v0.1';

/** As composition calls them, whatever a department does. */
const ROOTS: ReadonlySet<string> = new Set(['Query', 'Mutation', 'Subscription']);

/**
 * Reads the declarations of a schema; one that does not link the specification has none. Throws an AdmissionError
 * with every declaration that cannot work: a supergraph may come from elsewhere, and a record that names nobody, or the
 * wrong person, must not be the answer to a typing error.
 *
 * @param schema the SDL of a supergraph, or one department's, parsed or not
 */
export function readDataSubjects(schema: string | DocumentNode): DataSubjects {
  const document = typeof schema === 'string' ? parseSdl(schema) : schema;
  const { subjects, refusals } = collectDataSubjects(document);
  refuseIfAny([...readFeatures(document).refusals, ...refusals]);
  return subjects;
}

/** What is declared for a coordinate: by the field, or else by its type; undefined where neither states anything. */
export const dataSubjectsOf = (
  { types, fields }: DataSubjects,
  typeName: string,
  fieldName: string,
): readonly DataSubject[] | undefined => fields.get(`${typeName}.${fieldName}`) ?? types.get(typeName);

/**
 * The declarations of a supergraph, or of one department's schema, with refusals as values. Links that cannot be read are
 * told by whoever reads the rules.
 */
export function collectDataSubjects(document: DocumentNode): { subjects: DataSubjects; refusals: readonly Refusal[] } {
  const { names, refusals } = vocabularyOf(document);
  const types = new Map<string, readonly DataSubject[]>();
  const fields = new Map<string, readonly DataSubject[]>();
  if (names.size === 0) return { subjects: { types, fields }, refusals };

  const found: Refusal[] = [...refusals];
  const shapes = readShapes(document);
  const read = (
    into: Map<string, readonly DataSubject[]>,
    directives: readonly ConstDirectiveNode[] | undefined,
    typeName: string,
    field?: FieldShape,
  ) => {
    const coordinate = field === undefined ? typeName : `${typeName}.${field.node.name.value}`;
    let declared = into.get(coordinate) ?? [];
    for (const node of directives ?? []) {
      if (!names.has(node.name.value)) continue;
      const declaration = parseDeclaration(node);
      const subject = declaration && resolveDeclaration(declaration, shapes, typeName, field);
      if (subject === undefined) found.push(unreadable(coordinate));
      else if ('vi' in subject) found.push(invalid(coordinate, subject.vi, subject.en));
      else if (!declared.some((other) => written(other) === written(subject))) declared = [...declared, subject];
    }
    if (declared.length > 1 && declared.some(({ kind }) => kind === 'none')) found.push(contradiction(coordinate));
    if (declared.length > 0) into.set(coordinate, declared);
  };

  for (const node of document.definitions) {
    if (node.kind === Kind.OBJECT_TYPE_DEFINITION || node.kind === Kind.OBJECT_TYPE_EXTENSION) {
      const typeName = node.name.value;
      read(types, node.directives, typeName);
      if (ROOTS.has(typeName) && types.has(typeName)) found.push(onRoot(typeName));
      for (const field of node.fields ?? []) {
        const shape = shapes.composites.get(typeName)?.get(field.name.value);
        if (shape !== undefined) read(fields, field.directives, typeName, shape);
      }
    } else if (node.kind === Kind.INTERFACE_TYPE_DEFINITION || node.kind === Kind.INTERFACE_TYPE_EXTENSION) {
      // What is read through an interface is an object's, and its own type says whose.
      for (const { name, directives } of node.fields ?? []) {
        if (directives?.some((each) => names.has(each.name.value)))
          found.push(onInterface(node.name.value, name.value));
      }
    }
  }
  return { subjects: { types, fields }, refusals: found };
}

/** The names of our directive in a document; a version that is not known is refused. */
function vocabularyOf(document: DocumentNode): { names: ReadonlySet<string>; refusals: readonly Refusal[] } {
  const ours = readFeatures(document).features.filter(({ identity }) => identity === SPECIFICATION);
  return {
    names: new Set(ours.flatMap((feature) => [...directiveNames(feature, 'dataSubject')])),
    refusals: ours.filter(({ version }) => version !== KNOWN_VERSION).map(unknownVersion),
  };
}

const invalid = (coordinate: string, vi: string, en: string): Refusal =>
  refusal('DATA_SUBJECT_INVALID', `${coordinate}: @dataSubject: ${vi}`, `${coordinate}: @dataSubject: ${en}`, {
    coordinate,
  });

const unreadable = (coordinate: string): Refusal =>
  invalid(
    coordinate,
    'cần đúng một đối số: enclosing: true, path: "a.b", argument: "a.b" hoặc none: "lý do"',
    'needs exactly one argument: enclosing: true, path: "a.b", argument: "a.b" or none: "the reason"',
  );

const contradiction = (coordinate: string): Refusal =>
  invalid(coordinate, 'none không đứng cùng khai báo khác', 'none cannot stand beside another declaration');

/** It would speak for root fields of every department, those that forgot theirs included. */
const onRoot = (typeName: string): Refusal =>
  invalid(
    typeName,
    'không đặt trên kiểu gốc; đặt trên từng trường',
    'does not belong on a root type; put it on each field',
  );

const onInterface = (typeName: string, fieldName: string): Refusal =>
  invalid(
    `${typeName}.${fieldName}`,
    'không đặt trên trường của interface; đặt trên từng kiểu đối tượng',
    'does not belong on a field of an interface; put it on each object type',
  );

const unknownVersion = ({ identity, version, namespace }: Feature): Refusal =>
  refusal(
    'UNKNOWN_SPEC_VERSION',
    `không biết phiên bản ${identity}/${version}; dùng ${KNOWN_VERSION}`,
    `unknown version ${identity}/${version}; use ${KNOWN_VERSION}`,
    { coordinate: `@${namespace}` },
  );
