/** Alternatives, of which one whole set is needed. */
type Alternatives = readonly (readonly string[])[];

/** What a caller lacks for a field, as far as the gateway tells (`authorization.discloseRequirements`). */
export interface Requirements {
  /** No token opens the field. */
  readonly closed: boolean;
  /** A token is needed, whatever its scopes. */
  readonly authenticated: boolean;
  readonly scopes: Alternatives;
  readonly policies: Alternatives;
}

/** A field that the gateway would not release. */
export interface Refusal {
  readonly affectedPath: string;
  readonly coordinate: string;
  readonly required?: Requirements;
}

export interface OtherError {
  readonly code: string;
  readonly message: string;
}

/** What the console says about an answer besides showing its text. */
export interface Answer {
  readonly status: number;
  readonly milliseconds: number;
  readonly requestId?: string;
  readonly refusals: readonly Refusal[];
  readonly otherErrors: readonly OtherError[];
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown): value is string => typeof value === 'string';

const alternatives = (value: unknown): Alternatives =>
  Array.isArray(value) ? value.filter(Array.isArray).map((names: unknown[]) => names.filter(isText)) : [];

function refusalOf({ affectedPath, coordinate, required }: Record<string, unknown>): Refusal {
  const place = {
    affectedPath: isText(affectedPath) ? affectedPath : '',
    coordinate: isText(coordinate) ? coordinate : '',
  };
  if (!isRecord(required)) return place;
  const { closed, authenticated, scopes, policies } = required;
  return {
    ...place,
    required: {
      closed: closed === true,
      authenticated: authenticated === true,
      scopes: alternatives(scopes),
      policies: alternatives(policies),
    },
  };
}

/** Sorts the errors of a GraphQL response into fields refused and everything else. */
export function sortErrors(body: unknown): Pick<Answer, 'refusals' | 'otherErrors'> {
  const errors = isRecord(body) && Array.isArray(body.errors) ? body.errors.filter(isRecord) : [];
  const refusals: Refusal[] = [];
  const otherErrors: OtherError[] = [];
  for (const { message, extensions } of errors) {
    const details = isRecord(extensions) ? extensions : {};
    if (details.code === 'UNAUTHORIZED_FIELD_OR_TYPE') refusals.push(refusalOf(details));
    else otherErrors.push({ code: isText(details.code) ? details.code : '', message: isText(message) ? message : '' });
  }
  return { refusals, otherErrors };
}
