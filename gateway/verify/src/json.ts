/** What has been parsed and not looked at yet. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

/** Deeper than anything a ledger holds: what is nested without end must not end this program. */
const DEPTH = 16;

/** Undefined where the text is no JSON. */
export function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The value that a text is the canonical JSON of (RFC 8785, and no numbers but integers): keys sorted, no blanks, every
 * character in its one way of writing. Anything else is undefined: two texts of one value would have two hashes.
 */
export function parseCanonical(text: string): Json | undefined {
  const value = parseJson(text);
  return value !== undefined && canonical(value, 0) === text ? value : undefined;
}

/** The same, where it is an object. */
export function parseObject(text: string): JsonObject | undefined {
  const value = parseCanonical(text);
  return isObject(value) ? value : undefined;
}

/** @returns what is equal to no text where the value has no canonical form */
function canonical(value: Json, depth: number): string {
  if (typeof value === 'string') return /\p{Surrogate}/u.test(value) ? NONE : JSON.stringify(value);
  if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : NONE;
  if (typeof value !== 'object' || value === null) return String(value);
  if (depth === DEPTH) return NONE;
  if (isObject(value)) {
    // `sort` compares UTF-16 code units, as RFC 8785 §3.2.3 asks for.
    const keys = Object.keys(value).sort();
    return `{${keys.map((key) => `${canonical(key, depth)}:${canonical(value[key] ?? null, depth + 1)}`).join(',')}}`;
  }
  return `[${(value as readonly Json[]).map((inner) => canonical(inner, depth + 1)).join(',')}]`;
}

/** No JSON contains it outside of a string, where a control character is escaped. */
const NONE = '\0';

/**
 * Whether a line is written as its value is written here: without blanks, double keys and needless escapes. Then no
 * byte of an export can change without changing its value.
 */
export function isPlain(text: string, value: Json): boolean {
  try {
    return JSON.stringify(value) === text;
  } catch {
    return false; // nested beyond the stack
  }
}
