import {
  buildASTSchema,
  type ConstDirectiveNode,
  type ConstValueNode,
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  getNamedType,
  isInterfaceType,
  isObjectType,
  Kind,
  parse,
  type SelectionSetNode,
} from 'graphql';
import { effectiveRule } from '../rules/effective.ts';
import { directiveNames, readFeatures } from '../rules/links.ts';
import { leadsToCitizen, withoutSelfScopes } from '../rules/own.ts';
import type { Rules } from '../rules/read.ts';
import { implies } from '../rules/rule.ts';
import { type Refusal, refusal } from './refusal.ts';

const CONTEXT = 'https://specs.apollo.dev/context';

/**
 * `@requires` and `@fromContext` never lend their inputs: a field must carry at least the rules of what it reads
 * (AUTHORIZATION §1.7). Composition checks this too; here it is checked on the composed supergraph, which may have been
 * written or edited elsewhere. Chains need no walk: each link must imply the one before. Composition does not know that
 * self scopes count on the caller's own object alone: by one of those nobody reads what is somebody else's.
 */
export function missingTransitive(supergraph: DocumentNode, rules: Rules): readonly Refusal[] {
  if (rules.fields.size + rules.types.size === 0) return [];
  const reads = inputsOf(supergraph);
  if (reads.length === 0) return [];
  const built = builtFrom(supergraph);
  if ('code' in built) return [built];
  return reads.flatMap((read) => judge(read, rules, built));
}

/** A field and what it reads: a selection from one of several types. */
export interface Read {
  readonly typeName: string;
  readonly fieldName: string;
  readonly directive: '@requires' | '@fromContext';
  readonly from: readonly string[];
  readonly selection: string;
}

function judge(read: Read, rules: Rules, schema: GraphQLSchema): readonly Refusal[] {
  const coordinate = `${read.typeName}.${read.fieldName}`;
  const own = effectiveRule(rules, schema, read.typeName, read.fieldName);
  const missing = new Set<string>();
  const elsewhere = withoutSelfScopes(own);
  if (read.from.length === 0) return [unreadable(`${read.directive} ${coordinate}: no type sets its context`)];
  for (const typeName of read.from) {
    try {
      const { definitions } = parse(`{ ${read.selection.replace(/^\s*\{([\s\S]*)\}\s*$/, '$1')} }`, {
        noLocation: true,
      });
      const operation = definitions[0];
      if (operation?.kind !== Kind.OPERATION_DEFINITION) continue;
      // What stands at the root is nobody's own.
      const isOwn = typeName !== schema.getQueryType()?.name && typeName !== schema.getMutationType()?.name;
      for (const input of coordinatesOf(operation.selectionSet, typeName, schema, isOwn)) {
        const needed = effectiveRule(rules, schema, input.type, input.field);
        if (!implies(input.isOwn ? own : elsewhere, needed)) missing.add(`${input.type}.${input.field}`);
      }
    } catch (error) {
      if (!(error instanceof GraphQLError || error instanceof TypeError)) throw error;
      return [unreadable(`${read.directive} ${coordinate}: ${error.message}`)];
    }
  }
  return [...missing].map((input) =>
    refusal(
      'MISSING_TRANSITIVE_AUTH_REQUIREMENTS',
      `${coordinate} đọc ${input} bằng ${read.directive} nhưng không đòi ít nhất những gì ${input} đòi; thêm các chỉ thị đó`,
      `${coordinate} reads ${input} by ${read.directive} without asking for at least what ${input} asks for; add those directives`,
      { coordinate },
    ),
  );
}

interface Input {
  readonly type: string;
  readonly field: string;
  /** Whether it stands on the object of which the reading field is, so that it is the caller's own where that one is. */
  readonly isOwn: boolean;
}

/** Every coordinate that a selection reads; a fragment on a guarded type reads that type's `__typename`. */
function* coordinatesOf(
  selectionSet: SelectionSetNode,
  typeName: string,
  schema: GraphQLSchema,
  isOwn: boolean,
): Generator<Input> {
  for (const selection of selectionSet.selections) {
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      const condition = selection.typeCondition?.name.value ?? typeName;
      yield { type: condition, field: '__typename', isOwn };
      yield* coordinatesOf(selection.selectionSet, condition, schema, isOwn);
    } else if (selection.kind === Kind.FIELD) {
      const type = schema.getType(typeName);
      const field = isObjectType(type) || isInterfaceType(type) ? type.getFields()[selection.name.value] : undefined;
      // Who is reached by way of somebody is somebody else (AUTHORIZATION §1.10).
      const stays = isOwn && !(field && leadsToCitizen(getNamedType(field.type), schema));
      yield { type: typeName, field: selection.name.value, isOwn: stays };
      if (selection.selectionSet === undefined) continue;
      if (field === undefined) throw new TypeError(`no field ${typeName}.${selection.name.value}`);
      yield* coordinatesOf(selection.selectionSet, getNamedType(field.type).name, schema, stays);
    }
  }
}

/** `@join__field(requires:)` and `(contextArguments:)` of a supergraph. */
export function inputsOf(supergraph: DocumentNode): readonly Read[] {
  const contexts = contextTypes(supergraph);
  const reads: Read[] = [];
  for (const node of supergraph.definitions) {
    if (node.kind !== Kind.OBJECT_TYPE_DEFINITION && node.kind !== Kind.INTERFACE_TYPE_DEFINITION) continue;
    const typeName = node.name.value;
    for (const field of node.fields ?? []) {
      const fieldName = field.name.value;
      for (const join of (field.directives ?? []).filter(({ name }) => name.value === 'join__field')) {
        const requires = stringOf(argumentOf(join, 'requires'));
        if (requires !== undefined) {
          reads.push({ typeName, fieldName, directive: '@requires', from: [typeName], selection: requires });
        }
        for (const context of itemsOf(argumentOf(join, 'contextArguments'))) {
          const from = contexts.get(stringOf(memberOf(context, 'context')) ?? '') ?? [];
          const selection = stringOf(memberOf(context, 'selection')) ?? '';
          reads.push({ typeName, fieldName, directive: '@fromContext', from, selection });
        }
      }
    }
  }
  return reads;
}

/** Context name → the types that set it: `@context(name: "department__name")`. */
function contextTypes(supergraph: DocumentNode): ReadonlyMap<string, readonly string[]> {
  const contexts = new Map<string, string[]>();
  const linked = readFeatures(supergraph).features.filter(({ identity }) => identity === CONTEXT);
  const names = new Set(linked.flatMap((feature) => [...directiveNames(feature, 'context')]));
  for (const node of supergraph.definitions) {
    if (!('directives' in node) || !('name' in node) || node.name === undefined) continue;
    for (const { name, arguments: given } of node.directives ?? []) {
      if (!names.has(name.value)) continue;
      const context = given?.find((argument) => argument.name.value === 'name')?.value;
      if (context?.kind === Kind.STRING) {
        contexts.set(context.value, [...(contexts.get(context.value) ?? []), node.name.value]);
      }
    }
  }
  return contexts;
}

/** The schema of a supergraph, or why there is none. */
export function builtFrom(supergraph: DocumentNode): GraphQLSchema | Refusal {
  try {
    return buildASTSchema(supergraph, { assumeValid: true });
  } catch (error) {
    return unreadable(error instanceof Error ? error.message : String(error));
  }
}

const unreadable = (why: string): Refusal =>
  refusal('INVALID_SDL', `lược đồ liên kết không hợp lệ: ${why}`, `the supergraph is not valid: ${why}`);

const argumentOf = (node: ConstDirectiveNode, name: string): ConstValueNode | undefined =>
  node.arguments?.find((argument) => argument.name.value === name)?.value;

const memberOf = (value: ConstValueNode, name: string): ConstValueNode | undefined =>
  value.kind === Kind.OBJECT ? value.fields.find((field) => field.name.value === name)?.value : undefined;

const stringOf = (value: ConstValueNode | undefined): string | undefined =>
  value?.kind === Kind.STRING ? value.value : undefined;

const itemsOf = (value: ConstValueNode | undefined): readonly ConstValueNode[] =>
  value?.kind === Kind.LIST ? value.values : [];
