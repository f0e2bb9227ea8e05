import { dataSubjectsOf, readDataSubjects } from '@lienthong/schema/subjects';
import {
  type DirectiveNode,
  type FieldDefinitionNode,
  Kind,
  type ObjectTypeDefinitionNode,
  type ObjectTypeExtensionNode,
  parse,
  type StringValueNode,
} from 'graphql';

const GUARDS: ReadonlySet<string> = new Set(['requiresScopes', 'authenticated', 'policy']);

const VIETNAMESE = /[ăâđêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ]/iu;

interface Described {
  readonly description?: StringValueNode | undefined;
}

interface Guardable {
  readonly directives?: readonly DirectiveNode[] | undefined;
}

/**
 * Both languages in one description: two parts, by line or by ` / `, the first written in Vietnamese letters. A word
 * like `Xã` has them in every sentence of some length, so this catches what was left out, not bad translations.
 */
const isBilingual = (description: StringValueNode | undefined): boolean => {
  const parts = (description?.value ?? '')
    .normalize('NFC')
    .split(/\n|\s\/\s/)
    .filter((part) => part.trim() !== '');
  return parts.length >= 2 && VIETNAMESE.test(parts[0] ?? '');
};

const isGuarded = ({ directives = [] }: Guardable): boolean => directives.some(({ name }) => GUARDS.has(name.value));

const isPublic = ({ directives = [] }: Guardable): boolean =>
  directives.some(
    ({ name, arguments: args = [] }) =>
      name.value === 'tag' && args.some(({ value }) => value.kind === Kind.STRING && value.value === 'public'),
  );

const returnTypeOf = (field: FieldDefinitionNode): string => {
  let { type } = field;
  while (type.kind !== Kind.NAMED_TYPE) type = type.type;
  return type.name.value;
};

type ObjectNode = ObjectTypeDefinitionNode | ObjectTypeExtensionNode;

const isObject = (node: { kind: Kind }): node is ObjectNode =>
  node.kind === Kind.OBJECT_TYPE_DEFINITION || node.kind === Kind.OBJECT_TYPE_EXTENSION;

/**
 * What an SDL leaves undescribed or unguarded, as a list of sentences. A field is guarded by a rule on itself, on its
 * type or on its return type, or is declared open by `@tag(name: "public")`: the gateway closes all others. A guarded
 * field says whose data it is, or its type does.
 */
export const documentProblems = (sdl: string): string[] => {
  const document = parse(sdl);
  const { definitions } = document;
  const subjects = readDataSubjects(document);
  const problems: string[] = [];
  const guardedTypes = new Set(
    definitions.flatMap((node) => ('name' in node && node.name && isGuarded(node) ? [node.name.value] : [])),
  );
  const describe = (coordinate: string, node: Described) => {
    if (!isBilingual(node.description)) problems.push(`${coordinate} has no description in Vietnamese and English`);
  };
  const guard = (type: ObjectNode, field: FieldDefinitionNode) => {
    const covered =
      isGuarded(field) || isGuarded(type) || guardedTypes.has(type.name.value) || guardedTypes.has(returnTypeOf(field));
    const coordinate = `${type.name.value}.${field.name.value}`;
    if (!covered && !isPublic(field)) problems.push(`${coordinate} has no rule and is not tagged public`);
    if (covered && dataSubjectsOf(subjects, type.name.value, field.name.value) === undefined) {
      problems.push(`${coordinate} is guarded and does not say whose data it is: @dataSubject`);
    }
  };

  for (const node of definitions) {
    if (!('name' in node) || node.name === undefined || node.kind === Kind.DIRECTIVE_DEFINITION) continue;
    const name = node.name.value;
    // An extension has no description of its own in the language.
    if ('description' in node) describe(name, node);
    if (isObject(node)) {
      for (const field of node.fields ?? []) {
        const coordinate = `${name}.${field.name.value}`;
        describe(coordinate, field);
        guard(node, field);
        for (const argument of field.arguments ?? []) describe(`${coordinate}(${argument.name.value}:)`, argument);
      }
    } else if (node.kind === Kind.ENUM_TYPE_DEFINITION) {
      for (const value of node.values ?? []) describe(`${name}.${value.name.value}`, value);
    } else if (node.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION || node.kind === Kind.INTERFACE_TYPE_DEFINITION) {
      for (const field of node.fields ?? []) describe(`${name}.${field.name.value}`, field);
    }
  }
  return problems;
};
