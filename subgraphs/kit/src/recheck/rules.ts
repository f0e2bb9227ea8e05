import {
  type ConstDirectiveNode,
  type DefinitionNode,
  type DocumentNode,
  type FieldDefinitionNode,
  Kind,
  type ObjectTypeDefinitionNode,
  type ObjectTypeExtensionNode,
  parse,
  type SelectionSetNode,
  type TypeNode,
  type ValueNode,
} from 'graphql';

/** An OR of ANDs of names. */
type Alternatives = readonly (readonly string[])[];

/** What a department's own directives ask of whoever reads one field. Every entry of a list must be met. */
export interface OwnRule {
  readonly authenticated: boolean;
  readonly scopes: readonly Alternatives[];
  /** The values of `purpose:` policies. A policy of any other name counts as granted: the gateway alone decides it. */
  readonly purposes: readonly Alternatives[];
}

const PURPOSE = 'purpose:';

/** schema/shared.graphql holds the one link of every department, and imports each directive under its own name. */
const isNamed = ({ name }: ConstDirectiveNode, directive: string): boolean => name.value === directive;

const stringsIn = (value: ValueNode | undefined): readonly (readonly string[])[] =>
  value?.kind === Kind.LIST
    ? value.values.map((inner) =>
        inner.kind === Kind.LIST ? inner.values.flatMap((one) => (one.kind === Kind.STRING ? [one.value] : [])) : [],
      )
    : [];

const argument = (directive: ConstDirectiveNode, name: string): ValueNode | undefined =>
  directive.arguments?.find((one) => one.name.value === name)?.value;

/** The purposes that an alternative of policies asks for; none where it needs no purpose. */
const purposesIn = (policies: readonly string[]): readonly string[] =>
  policies.filter((policy) => policy.startsWith(PURPOSE)).map((policy) => policy.slice(PURPOSE.length));

const ruleOf = (directives: readonly ConstDirectiveNode[] = []): OwnRule => ({
  authenticated: directives.some((directive) => isNamed(directive, 'authenticated')),
  scopes: directives
    .filter((directive) => isNamed(directive, 'requiresScopes'))
    .map((directive) => stringsIn(argument(directive, 'scopes'))),
  purposes: directives
    .filter((directive) => isNamed(directive, 'policy'))
    .map((directive) => stringsIn(argument(directive, 'policies')).map(purposesIn))
    // An alternative without a purpose can always be met as far as a department can tell.
    .filter((alternatives) => alternatives.every((alternative) => alternative.length > 0)),
});

const and = (rules: readonly OwnRule[]): OwnRule => ({
  authenticated: rules.some(({ authenticated }) => authenticated),
  scopes: rules.flatMap(({ scopes }) => scopes),
  purposes: rules.flatMap(({ purposes }) => purposes),
});

const asksNothing = ({ authenticated, scopes, purposes }: OwnRule): boolean =>
  !authenticated && scopes.length === 0 && purposes.length === 0;

type ObjectNode = ObjectTypeDefinitionNode | ObjectTypeExtensionNode;

const isObject = (node: DefinitionNode): node is ObjectNode =>
  node.kind === Kind.OBJECT_TYPE_DEFINITION || node.kind === Kind.OBJECT_TYPE_EXTENSION;

const nameOf = (type: TypeNode): string => (type.kind === Kind.NAMED_TYPE ? type.name.value : nameOf(type.type));

const groupBy = <Item>(items: readonly Item[], key: (item: Item) => string): ReadonlyMap<string, readonly Item[]> => {
  const groups = new Map<string, Item[]>();
  for (const item of items) groups.set(key(item), [...(groups.get(key(item)) ?? []), item]);
  return groups;
};

/** Coordinates in `@key` selections. Plans fetch them for callers who may not read them, and never show them. */
const keyCoordinates = (objects: ReadonlyMap<string, readonly ObjectNode[]>): ReadonlySet<string> => {
  const found = new Set<string>();
  const fieldOf = (type: string, field: string): FieldDefinitionNode | undefined =>
    objects
      .get(type)
      ?.flatMap(({ fields = [] }) => fields)
      .find(({ name }) => name.value === field);
  const walk = (type: string, { selections }: SelectionSetNode) => {
    for (const selection of selections) {
      // Fragments do not stand in keys of object types.
      if (selection.kind !== Kind.FIELD) continue;
      found.add(`${type}.${selection.name.value}`);
      const field = fieldOf(type, selection.name.value);
      if (field && selection.selectionSet) walk(nameOf(field.type), selection.selectionSet);
    }
  };
  for (const [type, nodes] of objects) {
    for (const key of nodes.flatMap(({ directives = [] }) => directives).filter((one) => isNamed(one, 'key'))) {
      const fields = argument(key, 'fields');
      if (fields?.kind !== Kind.STRING) continue;
      const [definition] = parse(`{ ${fields.value} }`).definitions;
      if (definition?.kind === Kind.OPERATION_DEFINITION) walk(type, definition.selectionSet);
    }
  }
  return found;
};

/**
 * The rules that a department's own SDL puts on its fields: of the field, of its type and of the type it returns. Left
 * out are fields without a rule, and keys. Rules that other departments put on the same fields are the gateway's affair.
 */
export const ownRules = (document: DocumentNode): ReadonlyMap<string, OwnRule> => {
  const objects = groupBy(document.definitions.filter(isObject), ({ name }) => name.value);
  const named = document.definitions.flatMap((node) =>
    'name' in node && node.name && 'directives' in node
      ? [{ name: node.name.value, rule: ruleOf(node.directives as readonly ConstDirectiveNode[] | undefined) }]
      : [],
  );
  const typeRules = groupBy(named, ({ name }) => name);
  const ofType = (name: string) => (typeRules.get(name) ?? []).map(({ rule }) => rule);

  const keys = keyCoordinates(objects);
  const rules = new Map<string, OwnRule>();
  for (const [type, nodes] of objects) {
    for (const field of nodes.flatMap(({ fields = [] }) => fields)) {
      const coordinate = `${type}.${field.name.value}`;
      if (keys.has(coordinate)) continue;
      const rule = and([ruleOf(field.directives), ...ofType(type), ...ofType(nameOf(field.type))]);
      if (!asksNothing(rule)) rules.set(coordinate, rule);
    }
  }
  return rules;
};
