import { type ConstDirectiveNode, Kind } from 'graphql';

/** Where a path ends or begins, as names: `citizen.id` is `['citizen', 'id']`. */
export type Segments = readonly [string, ...string[]];

/** One `@dataSubject` as it is written, before it is held against the schema around it. */
export type Declaration =
  | { readonly kind: 'path'; readonly segments: Segments }
  | { readonly kind: 'argument'; readonly segments: Segments }
  | { readonly kind: 'enclosing' }
  | { readonly kind: 'none'; readonly reason: string };

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Reads one application: exactly one argument, and of its kind; undefined for anything else. */
export function parseDeclaration(node: ConstDirectiveNode): Declaration | undefined {
  const given = (node.arguments ?? []).filter(({ value }) => value.kind !== Kind.NULL);
  const [only] = given;
  if (only === undefined || given.length !== 1) return undefined;
  const { name, value } = only;
  if (name.value === 'enclosing') {
    return value.kind === Kind.BOOLEAN && value.value ? { kind: 'enclosing' } : undefined;
  }
  if (value.kind !== Kind.STRING) return undefined;
  if (name.value === 'none') return value.value.trim() === '' ? undefined : { kind: 'none', reason: value.value };
  if (name.value !== 'path' && name.value !== 'argument') return undefined;
  const [first, ...others] = value.value.split('.');
  if (first === undefined || ![first, ...others].every((segment) => NAME.test(segment))) return undefined;
  return { kind: name.value, segments: [first, ...others] };
}

/** A declaration as a department writes it. */
export const written = (declaration: Declaration): string => {
  if (declaration.kind === 'enclosing') return 'enclosing: true';
  if (declaration.kind === 'none') return `none: ${JSON.stringify(declaration.reason)}`;
  return `${declaration.kind}: "${declaration.segments.join('.')}"`;
};
