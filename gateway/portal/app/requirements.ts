/** Alternatives, of which one whole set is needed. */
export type Alternatives = readonly (readonly string[])[];

/** What a field asks of a caller, or what a caller lacks for it. */
export interface Requirements {
  /** No token opens the field. */
  readonly closed: boolean;
  /** A token is needed, whatever its scopes. */
  readonly authenticated: boolean;
  readonly scopes: Alternatives;
  readonly policies: Alternatives;
}

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
export const isText = (value: unknown): value is string => typeof value === 'string';

const alternatives = (value: unknown): Alternatives =>
  Array.isArray(value) ? value.filter(Array.isArray).map((names: unknown[]) => names.filter(isText)) : [];

/** Reads requirements as the gateway writes them, where a kind that is not asked for may be left out. */
export const requirementsOf = ({ closed, authenticated, scopes, policies }: Record<string, unknown>): Requirements => ({
  closed: closed === true,
  authenticated: authenticated === true,
  scopes: alternatives(scopes),
  policies: alternatives(policies),
});

const PURPOSE = 'purpose:';

/** The purpose that a policy asks for; `undefined`: it is another kind of policy. */
export const purposeOf = (policy: string): string | undefined =>
  policy.startsWith(PURPOSE) ? policy.slice(PURPOSE.length) : undefined;
