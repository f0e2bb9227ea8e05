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

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The value that a text is the canonical JSON of (RFC 8785, and no numbers but integers): keys sorted, no blanks, every
 * character in its one way of writing. Anything else is undefined: two texts of one value would have two hashes.
 */
export function parseCanonical(text: string): Json | undefined {
  const value = parseJson(text);
  // Strings and integers are written by JSON.stringify as RFC 8785 §3.2.2 asks for, but for lone surrogates.
  const canonical = value !== undefined && isSorted(value, 0) && isPlain(text, value) && !LONE_SURROGATE.test(text);
  return canonical ? value : undefined;
}

/** An escape that stands for half a character; whole ones are never escaped in canonical JSON. */
const LONE_SURROGATE = /(?:^|[^\\])(?:\\\\)*\\ud[89a-f]/;

/** Whether keys are in order (of UTF-16 code units, RFC 8785 §3.2.3), numbers are integers, and nesting has an end. */
function isSorted(value: Json, depth: number): boolean {
  if (typeof value === 'number') return Number.isSafeInteger(value);
  if (typeof value !== 'object' || value === null) return true;
  if (depth === DEPTH) return false;
  if (!isObject(value)) return (value as readonly Json[]).every((inner) => isSorted(inner, depth + 1));
  let before: string | undefined;
  for (const key of Object.keys(value)) {
    if ((before !== undefined && key <= before) || !isSorted(value[key] ?? null, depth + 1)) return false;
    before = key;
  }
  return true;
}

/** The same, where it is an object. */
export function parseObject(text: string): JsonObject | undefined {
  const value = parseCanonical(text);
  return isObject(value) ? value : undefined;
}

/**
 * Whether a text is written as its value is written here: without blanks, double members and needless escapes. Then no
 * byte of an export can change without changing its value.
 */
export function isPlain(text: string, value: Json): boolean {
  try {
    return JSON.stringify(value) === text;
  } catch {
    return false; // nested beyond the stack
  }
}
