/** Every code an admission check answers with. Stable: operators and tests rely on them; `README.md` lists them. */
export const ADMISSION_CODES = [
  'INVALID_CONFIG',
  'FILE_NOT_FOUND',
  'OUTPUT_NOT_WRITTEN',
  'INVALID_SDL',
  'INVALID_LINK',
  'UNKNOWN_SPEC_VERSION',
  'UNKNOWN_SECURITY_SPEC',
  'EMPTY_REQUIREMENT',
  'INVALID_REQUIREMENT',
  'MISPLACED_REQUIREMENT',
  'UNLINKED_DIRECTIVE',
  'DIFFERING_RENAMES',
  'DROPPED_GUARD',
  'MISSING_TRANSITIVE_AUTH_REQUIREMENTS',
  'CONTEXT_NOT_SERVED',
  'GUARD_LOST',
  'UNGUARDED',
  'GUARDED_ROOT_NOT_NULLABLE',
  'VALUE_BETRAYED',
  'GUARDED_KEY',
  'DATA_SUBJECT_MISSING',
  'DATA_SUBJECT_INVALID',
  'DATA_SUBJECT_DIFFERS',
  'UNKNOWN_SCOPE',
  'UNKNOWN_PURPOSE',
] as const;

export type AdmissionCode = (typeof ADMISSION_CODES)[number];

/** What is wrong with a schema, as a value. The code is ours or, passed through, one of Apollo's composition. */
export interface Problem {
  readonly code: string;
  /** One line, Vietnamese then English, saying what to do next. */
  readonly message: string;
  /** `Type`, `Type.field` or `@directive`; absent where the whole document is meant. */
  readonly coordinate?: string;
  /** The department whose schema shows the fault, where one can be named. */
  readonly department?: string;
}

/** A problem that our own checks found. */
export interface Refusal extends Problem {
  readonly code: AdmissionCode;
}

/** Thrown where a schema must be good to go on: carries every refusal found, and the first one's code. */
export class AdmissionError extends Error {
  override readonly name = 'AdmissionError';
  readonly code: AdmissionCode;
  readonly refusals: readonly [Refusal, ...Refusal[]];

  constructor(refusals: readonly [Refusal, ...Refusal[]]) {
    super(refusals.map(({ code, message }) => `${code} ${message}`).join('\n'));
    this.code = refusals[0].code;
    this.refusals = refusals;
  }
}

/** A refusal with its message in both languages. */
export function refusal(
  code: AdmissionCode,
  vi: string,
  en: string,
  where: { coordinate?: string; department?: string } = {},
): Refusal {
  return { code, message: `${vi} / ${en}`, ...where };
}

/** Throws when there is anything to refuse. */
export function refuseIfAny(refusals: readonly Refusal[]): void {
  const [first, ...others] = refusals;
  if (first !== undefined) throw new AdmissionError([first, ...others]);
}

/** Runs something that throws AdmissionErrors and hands their refusals on as values. */
export function refusalsOf<T>(act: () => T): { value: T } | { refusals: readonly Refusal[] } {
  try {
    return { value: act() };
  } catch (error) {
    if (error instanceof AdmissionError) return { refusals: error.refusals };
    throw error;
  }
}
