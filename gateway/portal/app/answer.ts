/** A field that the gateway would not release. */
export interface Refusal {
  readonly affectedPath: string;
  readonly coordinate: string;
  /** Alternatives, each a set of scopes to ask for; `undefined` where the gateway does not disclose them. */
  readonly missingScopes?: readonly (readonly string[])[];
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

function alternatives(value: unknown): readonly (readonly string[])[] | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  if (value.every(isText)) return [value];
  return value.filter(Array.isArray).map((scopes: unknown[]) => scopes.filter(isText));
}

function refusalOf(extensions: Record<string, unknown>): Refusal {
  const missingScopes = alternatives(extensions.missingScopes);
  return {
    affectedPath: isText(extensions.affectedPath) ? extensions.affectedPath : '',
    coordinate: isText(extensions.coordinate) ? extensions.coordinate : '',
    ...(missingScopes === undefined ? {} : { missingScopes }),
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
