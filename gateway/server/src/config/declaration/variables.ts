import type { ConfigProblem } from '../errors.ts';
import type { Keys } from './declare.ts';
import { nearest } from './nearest.ts';

/** The prefix of every environment variable that overrides a setting. */
const PREFIX = 'LIENTHONG';

const upperSnake = (name: string): string =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/[^A-Za-z0-9]/g, '_')
    .toUpperCase();

/** The environment variable of a setting: `['listen', 'port']` → `LIENTHONG_LISTEN_PORT`. */
export const variableOf = (path: readonly string[]): string => [PREFIX, ...path.map(upperSnake)].join('_');

export type Variables = Readonly<Record<string, string | undefined>>;

/** A variable that is set to something: an empty one counts as absent, because that is how shells and compose files unset. */
export const lookUp = (variables: Variables, name: string): string | undefined => variables[name] || undefined;

/**
 * Makes `${NAME}` part of a plain YAML scalar, also inside `{ … }`, where its braces would end the mapping. Values are put
 * in only after parsing: a variable can never add a key to the file.
 */
export const markVariables = (text: string): string =>
  text.replace(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, '\uE000$1\uE001');

/** Text with each marked variable replaced, or the names that are not set. */
export function substitute(text: string, variables: Variables): { text: string; missing: readonly string[] } {
  const missing: string[] = [];
  const replaced = text.replace(/\uE000([A-Za-z0-9_]+)\uE001/g, (_, name: string) => {
    const value = lookUp(variables, name);
    if (value === undefined) missing.push(name);
    return value ?? '';
  });
  return { text: replaced, missing };
}

/**
 * Variables that look like settings and set nothing: a slip in `LIENTHONG_AUTHORIZATION_MODE` must not be silent.
 * Other `LIENTHONG_…` variables, whose second word is no setting, belong to other parts of the product.
 */
export function unknownVariables(
  keys: Keys,
  used: ReadonlySet<string>,
  variables: Variables,
  file: string,
): readonly ConfigProblem[] {
  const features = Object.keys(keys).map((key) => variableOf([key]));
  const candidates = settingVariables(keys);
  return Object.keys(variables)
    .filter((name) => lookUp(variables, name) !== undefined && !used.has(name) && !candidates.includes(name))
    .filter((name) => features.some((feature) => name === feature || name.startsWith(`${feature}_`)))
    .map((name) => {
      const suggestion = nearest(name, candidates);
      return {
        code: 'CONFIG_UNKNOWN_VARIABLE',
        file,
        key: name,
        messages: {
          vi: 'biến môi trường này không đặt khoá nào. Sửa tên hoặc bỏ biến.',
          en: 'this environment variable sets no key. Correct its name or unset it.',
        },
        ...(suggestion === undefined ? {} : { suggestion }),
      };
    });
}

function settingVariables(keys: Keys, path: readonly string[] = []): readonly string[] {
  return Object.entries(keys).flatMap(([key, declaration]) => {
    if (declaration.kind === 'section') return settingVariables(declaration.keys, [...path, key]);
    return declaration.kind === 'setting' ? [variableOf([...path, key])] : [];
  });
}
