import {
  type ConstDirectiveNode,
  type DefinitionNode,
  type DirectiveNode,
  type DocumentNode,
  type EnumTypeDefinitionNode,
  type EnumTypeExtensionNode,
  GraphQLError,
  type InterfaceTypeDefinitionNode,
  type InterfaceTypeExtensionNode,
  Kind,
  type ObjectTypeDefinitionNode,
  type ObjectTypeExtensionNode,
  parse,
  type ScalarTypeDefinitionNode,
  type ScalarTypeExtensionNode,
  visit,
} from 'graphql';
import { type Refusal, refusal, refuseIfAny } from '../admission/refusal.ts';
import { missingTransitive } from '../admission/transitive.ts';
import { isEmpty, meet, meetAll, NO_RULE, type Rule } from './rule.ts';
import { GUARDS, readVocabulary, type Vocabulary } from './specifications.ts';
import { parseGuard } from './values.ts';

/** The guards of a supergraph. Coordinates without a rule are absent. */
export interface Rules {
  /** `Type.field` → its own rule; on an interface, the rules of that field on every implementing type and of those types. */
  readonly fields: ReadonlyMap<string, Rule>;
  /** Object, scalar or enum → its own rule. Interfaces have none: entering one is allowed (AUTHORIZATION §1.5). */
  readonly types: ReadonlyMap<string, Rule>;
  /** Fields tagged `public`; on an interface, those that are tagged or guarded on every implementing type. */
  readonly open: ReadonlySet<string>;
}

/** The tag by which a department says that a field is meant to be open. */
const PUBLIC_TAG = 'public';

type LeafNode = ScalarTypeDefinitionNode | ScalarTypeExtensionNode | EnumTypeDefinitionNode | EnumTypeExtensionNode;

/**
 * Reads the rules as they stand in the unstripped supergraph, and checks again what does not depend on the departments'
 * own schemas: a supergraph may come from elsewhere. Throws an AdmissionError with everything that is wrong.
 */
export function readRules(supergraphSdl: string): Rules {
  const document = parseSdl(supergraphSdl);
  const { rules, refusals } = collectRules(document);
  refuseIfAny(refusals);
  refuseIfAny(missingTransitive(document, rules));
  return rules;
}

/** The rules of a supergraph, or of one department's schema, with refusals as values. */
export function collectRules(document: DocumentNode): { rules: Rules; refusals: readonly Refusal[] } {
  const { vocabulary, refusals: linkRefusals } = readVocabulary(document);
  const refusals: Refusal[] = [...linkRefusals];
  const reader = new GuardReader(vocabulary, refusals);
  const types = new Map<string, Rule>();
  const fields = new Map<string, Rule>();
  const tagged = new Set<string>();
  const interfaceFields = new Map<string, Set<string>>();
  const implementers = new Map<string, Set<string>>();

  for (const node of document.definitions) {
    if (isLeaf(node)) add(types, node.name.value, reader.ruleOf(node.directives, node.name.value));
    if (!isObject(node) && !isInterface(node)) continue;
    const typeName = node.name.value;
    const own = reader.ruleOf(node.directives, typeName);
    if (isObject(node)) {
      add(types, typeName, own);
      for (const { name } of node.interfaces ?? []) entry(implementers, name.value).add(typeName);
    }
    for (const field of node.fields ?? []) {
      const coordinate = `${typeName}.${field.name.value}`;
      add(fields, coordinate, reader.ruleOf(field.directives, coordinate));
      if (isInterface(node)) entry(interfaceFields, typeName).add(field.name.value);
      else if (reader.isPublic(field.directives)) tagged.add(coordinate);
    }
  }
  reader.refuseTheRest(document);

  const open = new Set(tagged);
  const guard = (object: string, field: string): Rule =>
    meet(fields.get(`${object}.${field}`) ?? NO_RULE, types.get(object) ?? NO_RULE);
  for (const [name, fieldNames] of interfaceFields) {
    const objects = [...(implementers.get(name) ?? [])];
    for (const field of fieldNames) {
      // What composition propagated is implied by this; a guard written on the interface field alone is kept on top.
      add(fields, `${name}.${field}`, meetAll(objects.map((object) => guard(object, field))));
      const released = (object: string) => tagged.has(`${object}.${field}`) || !isEmpty(guard(object, field));
      if (objects.length > 0 && objects.every(released)) open.add(`${name}.${field}`);
    }
  }
  return { rules: { fields, types, open }, refusals };
}

/** Parses an SDL; a syntax error becomes a refusal that names line and column. */
export function parseSdl(sdl: string): DocumentNode {
  try {
    return parse(sdl);
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    const place = error.locations?.[0];
    const at = place === undefined ? '' : ` ${place.line}:${place.column}`;
    refuseIfAny([
      refusal('INVALID_SDL', `lược đồ sai cú pháp${at}`, `the schema does not parse${at}: ${error.message}`),
    ]);
    throw error;
  }
}

/** Reads guards off directive lists and remembers which ones it saw, so that none is passed over in silence. */
class GuardReader {
  readonly #vocabulary: Vocabulary;
  readonly #refusals: Refusal[];
  readonly #seen = new Set<DirectiveNode>();

  constructor(vocabulary: Vocabulary, refusals: Refusal[]) {
    this.#vocabulary = vocabulary;
    this.#refusals = refusals;
  }

  ruleOf(directives: readonly ConstDirectiveNode[] | undefined, coordinate: string): Rule {
    let rule = NO_RULE;
    for (const node of directives ?? []) {
      const guard = this.#vocabulary.guards.get(node.name.value);
      if (guard === undefined) continue;
      this.#seen.add(node);
      const parsed = parseGuard(guard, node, coordinate);
      if ('code' in parsed) this.#refusals.push(parsed);
      else rule = meet(rule, parsed);
    }
    return rule;
  }

  isPublic(directives: readonly ConstDirectiveNode[] | undefined): boolean {
    return (directives ?? []).some(
      (node) =>
        this.#vocabulary.tags.has(node.name.value) &&
        node.arguments?.some(
          ({ name, value }) => name.value === 'name' && value.kind === Kind.STRING && value.value === PUBLIC_TAG,
        ),
    );
  }

  /** Guards where none can hold, and directives that look like guards and are not: both would be holes. */
  refuseTheRest(document: DocumentNode): void {
    visit(document, {
      Directive: (node) => {
        const name = node.name.value;
        if (this.#seen.has(node)) return;
        if (this.#vocabulary.guards.has(name)) this.#refuse('MISPLACED_REQUIREMENT', name);
        else if (looksLikeGuard(name)) this.#refuse('UNLINKED_DIRECTIVE', name);
      },
      DirectiveDefinition: ({ name }) => {
        const known = this.#vocabulary.guards.has(name.value);
        if (!known && looksLikeGuard(name.value)) this.#refuse('UNLINKED_DIRECTIVE', name.value);
      },
    });
  }

  #refuse(code: 'MISPLACED_REQUIREMENT' | 'UNLINKED_DIRECTIVE', name: string): void {
    const [vi, en] =
      code === 'MISPLACED_REQUIREMENT'
        ? [
            `@${name} đặt ở nơi không có tác dụng; chỉ đặt trên kiểu đối tượng, trường, scalar, enum`,
            `@${name} stands where it has no effect; put it on an object type, a field, a scalar or an enum`,
          ]
        : [
            `@${name} trông như chỉ thị phân quyền nhưng không liên kết với đặc tả; thêm nó vào import của @link`,
            `@${name} looks like an authorization directive but is not linked to the specification; import it in @link`,
          ];
    this.#refusals.push(refusal(code, vi, en, { coordinate: `@${name}` }));
  }
}

/** Whether a directive carries the name of a guard, bare or prefixed. */
const looksLikeGuard = (name: string): boolean => GUARDS.some((guard) => name === guard || name.endsWith(`__${guard}`));

function add(rules: Map<string, Rule>, coordinate: string, rule: Rule): void {
  if (!isEmpty(rule)) rules.set(coordinate, meet(rules.get(coordinate) ?? NO_RULE, rule));
}

function entry(sets: Map<string, Set<string>>, key: string): Set<string> {
  const set = sets.get(key) ?? new Set();
  sets.set(key, set);
  return set;
}

const isObject = (node: DefinitionNode): node is ObjectTypeDefinitionNode | ObjectTypeExtensionNode =>
  node.kind === Kind.OBJECT_TYPE_DEFINITION || node.kind === Kind.OBJECT_TYPE_EXTENSION;

const isInterface = (node: DefinitionNode): node is InterfaceTypeDefinitionNode | InterfaceTypeExtensionNode =>
  node.kind === Kind.INTERFACE_TYPE_DEFINITION || node.kind === Kind.INTERFACE_TYPE_EXTENSION;

const isLeaf = (node: DefinitionNode): node is LeafNode =>
  node.kind === Kind.SCALAR_TYPE_DEFINITION ||
  node.kind === Kind.SCALAR_TYPE_EXTENSION ||
  node.kind === Kind.ENUM_TYPE_DEFINITION ||
  node.kind === Kind.ENUM_TYPE_EXTENSION;
