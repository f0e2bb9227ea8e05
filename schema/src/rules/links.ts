import { type DirectiveNode, type DocumentNode, Kind, type ValueNode } from 'graphql';
import { type Refusal, refusal } from '../admission/refusal.ts';

/** A specification that a schema links (https://specs.apollo.dev/link/v1.0), under whatever name it goes there. */
export interface Feature {
  /** The URL without its version: `https://specs.apollo.dev/requiresScopes`. */
  readonly identity: string;
  /** Last segment of the identity: `requiresScopes`. */
  readonly name: string;
  /** `v0.1` */
  readonly version: string;
  /** The prefix of its elements in this schema: `as`, or else the name. */
  readonly namespace: string;
  /** `SECURITY`, `EXECUTION` or none. */
  readonly purpose: string | undefined;
  /** Imported elements: name in the specification → name in this schema, both with `@` for directives. */
  readonly imports: ReadonlyMap<string, string>;
  readonly node: DirectiveNode;
}

const BOOTSTRAP = new Set(['https://specs.apollo.dev/link', 'https://specs.apollo.dev/core']);

/** The features that a schema document links. A malformed link is refused, because a guard may hang on it. */
export function readFeatures(document: DocumentNode): { features: readonly Feature[]; refusals: readonly Refusal[] } {
  const features: Feature[] = [];
  const refusals: Refusal[] = [];
  const applied = document.definitions.flatMap((node) =>
    node.kind === Kind.SCHEMA_DEFINITION || node.kind === Kind.SCHEMA_EXTENSION ? (node.directives ?? []) : [],
  );
  const linkName = nameOfLinkDirective(applied);
  for (const node of applied.filter(({ name }) => name.value === linkName)) {
    const feature = parseFeature(node);
    if (feature !== undefined) features.push(feature);
    else {
      refusals.push(
        refusal(
          'INVALID_LINK',
          `không đọc được một @${linkName} của lược đồ; sửa url, as hoặc import`,
          `a @${linkName} of the schema cannot be read; correct its url, as or import`,
          { coordinate: `@${linkName}` },
        ),
      );
    }
  }
  return { features, refusals };
}

/**
 * Every name under which a directive of a feature may be written in this schema: imported (and renamed), by the
 * namespace alone where the directive is named like the feature, or prefixed.
 */
export function directiveNames(feature: Feature, directive: string): ReadonlySet<string> {
  const names = new Set([`${feature.namespace}__${directive}`]);
  if (directive === feature.name) names.add(feature.namespace);
  const imported = feature.imports.get(`@${directive}`);
  if (imported !== undefined) names.add(imported.slice(1));
  return names;
}

/** The same for a type of a feature. */
export function typeNames(feature: Feature, type: string): ReadonlySet<string> {
  const imported = feature.imports.get(type);
  return new Set([`${feature.namespace}__${type}`, ...(imported === undefined ? [] : [imported])]);
}

/** `@link` may itself be renamed: it is the directive that links the link specification under its own name. */
function nameOfLinkDirective(applied: readonly DirectiveNode[]): string {
  for (const node of applied) {
    const feature = parseFeature(node);
    if (feature !== undefined && BOOTSTRAP.has(feature.identity) && feature.namespace === node.name.value) {
      return node.name.value;
    }
  }
  return 'link';
}

function parseFeature(node: DirectiveNode): Feature | undefined {
  const values = new Map((node.arguments ?? []).map((argument) => [argument.name.value, argument.value]));
  const url = parseUrl(values.get('url') ?? values.get('feature'));
  const alias = values.get('as');
  const purpose = values.get('for');
  const imports = parseImports(values.get('import'));
  if (url === undefined || imports === undefined) return undefined;
  if (alias !== undefined && alias.kind !== Kind.STRING && alias.kind !== Kind.NULL) return undefined;
  if (purpose !== undefined && purpose.kind !== Kind.ENUM && purpose.kind !== Kind.NULL) return undefined;
  return {
    ...url,
    namespace: alias?.kind === Kind.STRING ? alias.value : url.name,
    purpose: purpose?.kind === Kind.ENUM ? purpose.value : undefined,
    imports,
    node,
  };
}

function parseUrl(value: ValueNode | undefined): Pick<Feature, 'identity' | 'name' | 'version'> | undefined {
  if (value?.kind !== Kind.STRING || !URL.canParse(value.value)) return undefined;
  const { origin, pathname } = new URL(value.value);
  const segments = pathname.split('/').filter((segment) => segment !== '');
  const version = segments.pop();
  const name = segments.at(-1);
  if (version === undefined || name === undefined) return undefined;
  return { identity: `${origin}/${segments.join('/')}`, name, version };
}

function parseImports(value: ValueNode | undefined): ReadonlyMap<string, string> | undefined {
  const imports = new Map<string, string>();
  if (value === undefined || value.kind === Kind.NULL) return imports;
  if (value.kind !== Kind.LIST) return undefined;
  for (const item of value.values) {
    const [name, as] = importOf(item);
    // A directive stays a directive under its new name: `{name: "@policy", as: "policy"}` would drop the guard.
    if (name === undefined || as === undefined || name.startsWith('@') !== as.startsWith('@')) return undefined;
    imports.set(name, as);
  }
  return imports;
}

function importOf(item: ValueNode): [string?, string?] {
  if (item.kind === Kind.STRING) return [item.value, item.value];
  if (item.kind !== Kind.OBJECT) return [];
  const fields = new Map(item.fields.map((field) => [field.name.value, field.value]));
  const name = fields.get('name');
  const as = fields.get('as') ?? name;
  return name?.kind === Kind.STRING && as?.kind === Kind.STRING ? [name.value, as.value] : [];
}
