import { isNativeError } from 'node:util/types';

/** Nine digits and more: personal numbers, old identity cards, insurance and telephone numbers. */
const LONG_NUMBERS = /\d{9,}/g;

/** A text that is safe to log: PostgreSQL, for one, quotes the offending row in its messages. */
const redactNumbers = (text: string): string => text.replace(LONG_NUMBERS, '[number]');

const VALUE_PATTERNS: readonly (readonly [RegExp, string])[] = [
  [/^(Variable "\$\w+") got invalid value .*$/s, '$1 got a value that does not fit its type.'],
  [/ cannot represent .*$/s, ' cannot represent this value.'],
  [/^Value .* does not exist in ("\w+") enum\..*$/s, 'This value does not exist in $1 enum.'],
  [/^(Expected value of type "[^"]*"), found .*$/s, '$1.'],
];

/** graphql-js prints refused values into its messages; this takes them out and keeps what names the schema. */
export const redactValues = (message: string): string =>
  redactNumbers(VALUE_PATTERNS.reduce((text, [pattern, instead]) => text.replace(pattern, instead), message));

/** An unexpected error as fields for the log, long numbers taken out; PostgreSQL's own fields are kept. */
export const errorForLog = (error: unknown): Record<string, unknown> => {
  if (!isNativeError(error)) return { message: redactNumbers(String(error)) };
  const entries: [string, unknown][] = [
    ['type', error.name],
    ['message', redactNumbers(error.message)],
    ['stack', redactNumbers(error.stack ?? '')],
  ];
  for (const field of ['code', 'detail', 'hint', 'where', 'schema', 'table', 'column', 'constraint', 'routine']) {
    const value: unknown = Reflect.get(error, field);
    if (typeof value === 'string') entries.push([field, redactNumbers(value)]);
  }
  if (error.cause !== undefined) entries.push(['cause', errorForLog(error.cause)]);
  return Object.fromEntries(entries);
};
