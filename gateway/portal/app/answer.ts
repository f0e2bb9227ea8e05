import { isRecord, isText, type Requirements, requirementsOf } from './requirements.ts';

/** A field that the gateway would not release; `required` only where it tells (`authorization.discloseRequirements`). */
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

function refusalOf({ affectedPath, coordinate, required }: Record<string, unknown>): Refusal {
  const place = {
    affectedPath: isText(affectedPath) ? affectedPath : '',
    coordinate: isText(coordinate) ? coordinate : '',
  };
  return isRecord(required) ? { ...place, required: requirementsOf(required) } : place;
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
