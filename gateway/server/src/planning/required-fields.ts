import {
  type ArgumentNode,
  type ConstDirectiveNode,
  type DefinitionNode,
  type FieldDefinitionNode,
  type FieldNode,
  type InterfaceTypeDefinitionNode,
  Kind,
  type ObjectTypeDefinitionNode,
  parse,
  print,
  type SelectionSetNode,
  type TypeNode,
  visit,
} from 'graphql';

import { argumentOf, departmentNames, JOIN_FIELD } from './join.ts';

/** A field as some @requires reads it. */
export interface RequiredField {
  readonly field: string;
  readonly arguments: readonly ArgumentNode[];
}

/** One member that a representation must hold for a field of a department, by the path of real names that leads to it. */
export interface Need {
  readonly path: string;
  /** The name that stands for it in the planner's copy. */
  readonly name: string;
}

/** The fields that @requires reads with arguments, under names of their own. Empty for nearly every supergraph. */
export interface RequiredFields {
  /** By the name in the planner's copy. */
  readonly names: ReadonlyMap<string, RequiredField>;
  /** What a department needs to be told for one of its fields. */
  needs(department: string, type: string, field: string): readonly Need[];
}

type Composite = ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode;

/**
 * Gives every pair (field, arguments) that a @requires reads a field of its own, without arguments. The planner knows
 * a field of an answer by its name alone: of `price(currency: "USD")` and `price(currency: "EUR")`, each required by
 * another field, it makes one call and one value, which is then wrong for one of the two.
 *
 * The new fields are resolved wherever the real one is; restore.ts puts the real ones back into the plan.
 *
 * @param prefix starts no name of the supergraph, and clients cannot write what is not in their schema
 * @returns the very same definitions where there is no such pair
 */
export const withRequiredFields = (
  definitions: readonly DefinitionNode[],
  prefix: string,
): { readonly definitions: readonly DefinitionNode[]; readonly required: RequiredFields } => {
  const types = new Map<string, Composite>();
  for (const definition of definitions) if (isComposite(definition)) types.set(definition.name.value, definition);
  const reading = new Reading(types, prefix);
  const departments = departmentNames(definitions);

  const requirements = [...types.values()].flatMap(requirementsOf);
  const needs = new Map<string, Need[]>();
  const rewritten = new Map<ConstDirectiveNode, ConstDirectiveNode>();
  if (requirements.some(({ text }) => text.includes('('))) {
    for (const { type, field, directive, text } of requirements) {
      const { selections, found } = reading.read(text, type);
      rewritten.set(directive, withRequires(directive, selections));
      const department = departments.get(String(argumentOf(directive, 'graph'))) ?? '';
      needs.set(key(department, type.name.value, field), found);
    }
  }

  const rewrite = (field: FieldDefinitionNode): FieldDefinitionNode => ({
    ...field,
    directives: field.directives?.map((directive) => rewritten.get(directive) ?? directive) ?? [],
  });
  const copy = (definition: DefinitionNode): DefinitionNode =>
    isComposite(definition)
      ? { ...definition, fields: [...(definition.fields ?? []), ...reading.copies(definition)].map(rewrite) }
      : definition;
  return {
    definitions: reading.names.size === 0 ? definitions : definitions.map(copy),
    required: {
      names: reading.names,
      needs: (department, type, field) => needs.get(key(department, type, field)) ?? [],
    },
  };
};

/** One @requires: `field` of `type` reads what `text` selects. */
interface Requirement {
  readonly type: Composite;
  readonly field: string;
  readonly directive: ConstDirectiveNode;
  readonly text: string;
}

const requirementsOf = (type: Composite): Requirement[] =>
  (type.fields ?? []).flatMap(({ name, directives = [] }) =>
    directives.flatMap((directive) => {
      const text = directive.name.value === JOIN_FIELD ? argumentOf(directive, 'requires') : undefined;
      return typeof text === 'string' ? [{ type, field: name.value, directive, text }] : [];
    }),
  );

const key = (department: string, type: string, field: string): string => `${department} ${type}.${field}`;

/** The @requires of one supergraph, on their way into the copy. */
class Reading {
  readonly names = new Map<string, RequiredField>();
  readonly #types: ReadonlyMap<string, Composite>;
  readonly #prefix: string;
  /** `Type.field` → names in the copy, by the arguments as printed. */
  readonly #copies = new Map<string, Map<string, string>>();
  readonly #byCall = new Map<string, string>();

  constructor(types: ReadonlyMap<string, Composite>, prefix: string) {
    this.#types = types;
    this.#prefix = prefix;
  }

  /** One field set with its arguments turned into names, and the members that were renamed. */
  read(text: string, type: Composite): { readonly selections: string; readonly found: Need[] } {
    const found: Need[] = [];
    const walk = (set: SelectionSetNode, parent: Composite | undefined, path: string): SelectionSetNode => ({
      ...set,
      selections: set.selections.map((selection) => {
        if (selection.kind === Kind.FRAGMENT_SPREAD) return selection;
        if (selection.kind === Kind.INLINE_FRAGMENT) {
          const inner = selection.typeCondition ? this.#types.get(selection.typeCondition.name.value) : parent;
          return { ...selection, selectionSet: walk(selection.selectionSet, inner, path) };
        }
        const real = selection.name.value;
        const here = `${path}.${real}`;
        const definition = parent?.fields?.find(({ name }) => name.value === real);
        const inner = definition && this.#types.get(namedType(definition.type));
        const set = selection.selectionSet && walk(selection.selectionSet, inner, here);
        const { arguments: _, ...plain } = selection;
        const name = parent && definition && this.#nameOf(parent, definition, selection);
        if (name === undefined) return { ...selection, ...(set ? { selectionSet: set } : {}) };
        found.push({ path: here, name });
        return { ...plain, name: { ...selection.name, value: name }, ...(set ? { selectionSet: set } : {}) };
      }),
    });
    const [operation] = parse(`{ ${text} }`, { noLocation: true }).definitions;
    if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new TypeError('a field set that is none');
    const selections = print(walk(operation.selectionSet, type, ''));
    return { selections: selections.slice(1, -1).trim(), found };
  }

  /** The fields that a type has in the copy besides its own. */
  copies(type: Composite): FieldDefinitionNode[] {
    return (type.fields ?? []).flatMap((field) => {
      // What an interface is asked for, each of its objects has to have.
      const owners = [type.name.value, ...(type.interfaces?.map(({ name }) => name.value) ?? [])];
      const names = owners.flatMap((owner) => [...(this.#copies.get(`${owner}.${field.name.value}`)?.values() ?? [])]);
      const { arguments: _, description: __, ...plain } = field;
      return [...new Set(names)].map((name) => ({ ...plain, name: { ...field.name, value: name } }));
    });
  }

  /** A name where the field takes arguments, written or not: `price` and `price(currency: "EUR")` are two values. */
  #nameOf(parent: Composite, definition: FieldDefinitionNode, selection: FieldNode): string | undefined {
    if (!definition.arguments?.length || hasContext(definition)) return undefined;
    const field = selection.name.value;
    const { selectionSet: _, ...bare } = selection;
    const call = print(bare);
    const name = this.#byCall.get(call) ?? `${this.#prefix}required_${this.names.size}`;
    this.#byCall.set(call, name);
    this.names.set(name, { field, arguments: selection.arguments ?? [] });
    const coordinate = `${parent.name.value}.${field}`;
    this.#copies.set(coordinate, (this.#copies.get(coordinate) ?? new Map<string, string>()).set(call, name));
    return name;
  }
}

/** An argument that @fromContext fills needs the field as it is. */
const hasContext = ({ directives = [] }: FieldDefinitionNode): boolean =>
  directives.some((directive) => argumentOf(directive, 'contextArguments') !== undefined);

const withRequires = (directive: ConstDirectiveNode, selections: string): ConstDirectiveNode =>
  visit(directive, {
    Argument: (node) =>
      node.name.value === 'requires' ? { ...node, value: { kind: Kind.STRING, value: selections } } : undefined,
  });

const isComposite = (definition: DefinitionNode): definition is Composite =>
  definition.kind === Kind.OBJECT_TYPE_DEFINITION || definition.kind === Kind.INTERFACE_TYPE_DEFINITION;

const namedType = (type: TypeNode): string => (type.kind === Kind.NAMED_TYPE ? type.name.value : namedType(type.type));
