/** Every code an admission check answers with. Stable: operators and tests rely on them; `README.md` lists them. */
export const ADMISSION_CODES = [
  'INVALID_SDL',
  'INVALID_LINK',
  'UNKNOWN_SPEC_VERSION',
  'UNKNOWN_SECURITY_SPEC',
  'EMPTY_REQUIREMENT',
  'INVALID_REQUIREMENT',
  'MISPLACED_REQUIREMENT',
  'UNLINKED_DIRECTIVE',
] as const;

export type AdmissionCode = (typeof ADMISSION_CODES)[number];

/** Why a schema is not admitted, as a value. */
export interface Refusal {
  readonly code: AdmissionCode;
  /** One line, Vietnamese then English, saying what to do next. */
  readonly message: string;
  /** `Type`, `Type.field` or `@directive`; absent where the whole document is meant. */
  readonly coordinate?: string;
  /** The department whose schema shows the fault, where one can be named. */
  readonly department?: string;
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
