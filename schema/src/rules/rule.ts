/**
 * What a coordinate asks of a caller. `scopes` and `policies` are OR-of-ANDs in canonical form: no duplicates, no
 * alternative that another one absorbs, shorter alternatives first, then by code unit. `[]` asks for nothing.
 */
export interface Rule {
  readonly authenticated: boolean;
  readonly scopes: Alternatives;
  readonly policies: Alternatives;
}

/** OR (outer) of ANDs (inner). */
export type Alternatives = readonly (readonly string[])[];

/** The rule of a coordinate without a guard. */
export const NO_RULE: Rule = Object.freeze({
  authenticated: false,
  scopes: Object.freeze([]),
  policies: Object.freeze([]),
});

/** Whether the rule asks for nothing. */
export const isEmpty = (rule: Rule): boolean =>
  !rule.authenticated && rule.scopes.length === 0 && rule.policies.length === 0;

/** Both rules at once: a product of OR-of-ANDs with absorption (AUTHORIZATION §1.4). */
export function meet(a: Rule, b: Rule): Rule {
  if (a === b || isEmpty(b)) return a;
  if (isEmpty(a)) return b;
  return Object.freeze({
    authenticated: a.authenticated || b.authenticated,
    scopes: product(a.scopes, b.scopes),
    policies: product(a.policies, b.policies),
  });
}

/** All rules at once. */
export const meetAll = (rules: Iterable<Rule>): Rule => [...rules].reduce(meet, NO_RULE);

/**
 * Whether everyone who meets `a` also meets `b`. A scope comes only from a verified token, so a rule that asks for
 * scopes implies `@authenticated`; a policy does not, the decision point may grant it to anyone.
 */
export function implies(a: Rule, b: Rule): boolean {
  if (b.authenticated && !a.authenticated && a.scopes.length === 0) return false;
  return everyAlternativeCovers(a.scopes, b.scopes) && everyAlternativeCovers(a.policies, b.policies);
}

/** The canonical form of an OR of ANDs. */
export function canonical(alternatives: Iterable<Iterable<string>>): Alternatives {
  const sorted = Array.from(alternatives, (names) => [...new Set(names)].sort()).sort(byLengthThenNames);
  const kept: string[][] = [];
  for (const candidate of sorted) {
    // Shorter ones come first, so whatever could absorb the candidate (an equal one too) is already kept.
    if (!kept.some((other) => contains(candidate, other))) kept.push(candidate);
  }
  return Object.freeze(kept.map((names) => Object.freeze(names)));
}

function product(a: Alternatives, b: Alternatives): Alternatives {
  if (a.length === 0) return b;
  if (b.length === 0) return a;
  return canonical(a.flatMap((left) => b.map((right) => [...left, ...right])));
}

/** Exact for OR-of-ANDs without negation: `a` implies `b` when every alternative of `a` contains one of `b`. */
function everyAlternativeCovers(a: Alternatives, b: Alternatives): boolean {
  if (b.length === 0) return true;
  return a.length > 0 && a.every((names) => b.some((other) => contains(names, other)));
}

function contains(names: readonly string[], part: readonly string[]): boolean {
  const set = new Set(names);
  return part.every((name) => set.has(name));
}

function byLengthThenNames(a: readonly string[], b: readonly string[]): number {
  if (a.length !== b.length) return a.length - b.length;
  for (const [index, name] of a.entries()) {
    const other = b[index];
    if (other !== undefined && name !== other) return name < other ? -1 : 1;
  }
  return 0;
}
