import { writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import type { Declaration, Keys, Section, Setting } from './declaration/declare.ts';
import { variableOf } from './declaration/variables.ts';
import { CONFIG_CODES } from './errors.ts';
import { settings } from './settings.ts';

type Json = Readonly<Record<string, unknown>>;

/** What may stand in place of any scalar: a value that the environment fills in. */
const VARIABLE: Json = { type: 'string', pattern: '\\$\\{[A-Za-z_][A-Za-z0-9_]*\\}' };

/** JSON Schema of the file as written, for editors (`# yaml-language-server: $schema=…`). */
export function jsonSchema(): string {
  const schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Liên Thông: gateway configuration',
    ...sectionSchema(settings),
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}

function schemaOf(declaration: Declaration): Json {
  const description = `${declaration.description.vi}\n${declaration.description.en}`;
  switch (declaration.kind) {
    case 'setting':
      return { description, ...settingSchema(declaration) };
    case 'section': {
      const inner = sectionSchema(declaration);
      return declaration.falsable === undefined ? inner : { description, anyOf: [{ const: false }, inner] };
    }
    case 'row': {
      const rows = { type: 'array', items: sectionSchema(declaration.of) };
      return declaration.lone
        ? { description, anyOf: [rows, sectionSchema(declaration.of)] }
        : { description, ...rows };
    }
    case 'names':
      return { description, type: 'object', additionalProperties: sectionSchema(declaration.of) };
  }
}

function settingSchema(setting: Setting): Json {
  const { schema, shape } = setting.type;
  const usesVariables = shape === 'scalar' && (schema.type !== 'string' || 'pattern' in schema || 'format' in schema);
  const fallback = typeof setting.default === 'string' && shape === 'scalar' ? { default: setting.default } : {};
  return { ...(usesVariables ? { anyOf: [schema, VARIABLE] } : schema), ...fallback };
}

function sectionSchema(section: Section): Json {
  const besides = section.besides ?? {};
  const names = Object.keys(section.keys);
  const needed = names.filter((name) => {
    const declaration = section.keys[name];
    return declaration?.kind === 'setting' && !declaration.optional && declaration.default === undefined;
  });
  const presence = section.exactlyOne
    ? { oneOf: names.map((name) => ({ required: [name] })) }
    : needed.length > 0
      ? { required: needed }
      : {};
  return {
    description: `${section.description.vi}\n${section.description.en}`,
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(
      Object.entries({ ...section.keys, ...besides }).map(([name, declaration]) => [name, schemaOf(declaration)]),
    ),
    ...presence,
  };
}

/** The page for people: every key with its kind, default and environment variable. */
export function markdown(): string {
  const codes = Object.entries(CONFIG_CODES).map(([code, meaning]) => `| \`${code}\` | ${meaning} |`);
  return `# Cấu hình cổng · Gateway configuration

<!-- Generated from gateway/server/src/config by \`npm run docs\`. Change the declarations there, not this page. -->

\`lienthong gateway --config gateway.yaml\` reads one YAML file.

- Khoá lạ bị từ chối, kèm dòng và gợi ý. · Unknown keys are refused, with line and suggestion.
- \`\${TÊN}\` được thay bằng biến môi trường; thiếu biến là lỗi. · \`\${NAME}\` is replaced by the environment variable; a missing one is fatal.
- Biến môi trường ghi ở cột *Biến* thắng tệp; danh sách cách nhau bằng dấu phẩy. · The variable in the column *Variable* wins over the file; lists are comma-separated.
- Thời gian \`250ms 5s 1m 1h 1d\`, dung lượng \`512B 256KiB 1MiB\`. · Durations and sizes carry their unit.
- Đường dẫn tương đối tính từ thư mục của tệp cấu hình. · Relative paths start at the folder of the configuration file.
- \`http://\` chỉ dùng cho địa chỉ của chính máy. · \`http://\` is accepted for loopback addresses only.

Lược đồ cho trình soạn thảo · Schema for editors: [configuration.schema.json](configuration.schema.json).

| Khoá · Key | Kiểu · Type | Mặc định · Default | Biến · Variable | Ý nghĩa · Meaning |
|---|---|---|---|---|
${rows(settings.keys).join('\n')}

## Lỗi · Errors

\`tệp:dòng khoá: thông báo [MÃ]\` trên stderr, mã thoát 1. · \`file:line key: message [CODE]\` on stderr, exit code 1.

| Mã · Code | Ý nghĩa · Meaning |
|---|---|
${codes.join('\n')}
`;
}

const NOT_IN_PRODUCTION = ' *(bị từ chối ở production · refused in production)*';

function rows(keys: Keys, path: readonly string[] = [], listed = false): readonly string[] {
  return Object.entries(keys).flatMap(([name, declaration]) => row(declaration, [...path, name], listed));
}

function row(declaration: Declaration, path: readonly string[], listed: boolean): readonly string[] {
  const notes = declaration.unsafe === true ? NOT_IN_PRODUCTION : '';
  const meaning = `${declaration.description.vi} · ${declaration.description.en}${notes}${valueNotes(declaration)}`;
  const line = (type: string, fallback: string, variable: string): string =>
    `| \`${path.join('.')}\` | ${type} | ${fallback} | ${variable} | ${meaning.replaceAll('|', '\\|')} |`;
  switch (declaration.kind) {
    case 'setting': {
      const unit = declaration.type.unit === undefined ? '' : ` (${declaration.type.unit})`;
      const type = `${declaration.type.name.replaceAll('|', '\\|')}${unit}`;
      return [line(type, defaultText(declaration), listed ? '' : `\`${variableOf(path)}\``)];
    }
    case 'section': {
      const type = declaration.falsable ? 'false, keys' : declaration.exactlyOne ? 'one of the keys' : 'keys';
      return [
        line(type, declaration.falsable?.absent === 'false' ? '`false`' : '', ''),
        ...rows(declaration.keys, path, listed),
        ...rows(declaration.besides ?? {}, path, listed),
      ];
    }
    case 'row':
      return [
        line(declaration.lone ? 'list, or one' : 'list', '', ''),
        ...rows(declaration.of.keys, [...path.slice(0, -1), `${path.at(-1)}[]`], true),
      ];
    case 'names':
      return [line('by name', '', ''), ...rows(declaration.of.keys, [...path, 'NAME'], listed)];
  }
}

function valueNotes(declaration: Declaration): string {
  if (declaration.kind !== 'setting') return '';
  const { unsafeValues } = declaration;
  return unsafeValues.length === 0
    ? ''
    : ` ${unsafeValues.map((value) => `\`${value}\``).join(', ')}:${NOT_IN_PRODUCTION}`;
}

function defaultText(setting: Setting): string {
  if (setting.default === undefined) return setting.optional ? '' : '**bắt buộc · required**';
  if (typeof setting.default === 'string') return `\`${setting.default}\``;
  return Object.entries(setting.default)
    .map(([environment, value]) => `${environment}: \`${value}\``)
    .join(', ');
}

/** The generated files and their content; the test compares them. */
export const documents = (): readonly { readonly file: URL; readonly content: string }[] => [
  { file: new URL('../../../../docs/configuration.md', import.meta.url), content: markdown() },
  { file: new URL('../../../../docs/configuration.schema.json', import.meta.url), content: jsonSchema() },
];

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  for (const { file, content } of documents()) writeFileSync(file, content);
}
