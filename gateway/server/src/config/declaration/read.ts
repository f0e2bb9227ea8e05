import { dirname } from 'node:path';
import { type Document, isAlias, isMap, isScalar, isSeq, type LineCounter, type Node, type Pair } from 'yaml';
import type { ConfigCode, ConfigProblem, Texts } from '../errors.ts';
import type { Declaration, Environment, Keys, Many, Section, Setting } from './declare.ts';
import { nearest } from './nearest.ts';
import { lookUp, substitute, type Variables, variableOf } from './variables.ts';

/** Where a value stands: its names, and the node in the file if there is one. */
interface Place {
  readonly path: readonly string[];
  /** The path as people write it, with `[0]` for entries of a list. */
  readonly key: string;
  readonly node: Node | undefined;
  /** Line of the key: where a missing or refused value is reported. */
  readonly line: number | undefined;
  /** Entries of lists have no stable name and thus no environment variable. */
  readonly variable: boolean;
}

/**
 * Reads a parsed document by its declaration. Problems are collected, so that an operator sees all of them at once;
 * the value is complete only when there are none.
 */
export class Reader {
  readonly problems: ConfigProblem[] = [];
  readonly used = new Set<string>();
  private readonly file: string;
  private readonly document: Document;
  private readonly lines: LineCounter;
  private readonly variables: Variables;
  private environment: Environment = 'production';

  constructor(file: string, document: Document, lines: LineCounter, variables: Variables) {
    this.file = file;
    this.document = document;
    this.lines = lines;
    this.variables = variables;
  }

  /** Reads the whole file. `environment` is read first, because defaults depend on it. */
  read(root: Section): unknown {
    const place: Place = { path: [], key: '', node: this.contents(), line: undefined, variable: true };
    const declared = root.keys.environment;
    if (declared?.kind === 'setting') {
      const before = this.problems.length;
      const found = this.setting(declared, this.child(place, 'environment'));
      this.problems.length = before;
      if (found === 'development') this.environment = found;
    }
    return this.section(root, place);
  }

  /** Reports what only several settings together show, at the one that is to be changed. */
  reportAt(path: readonly string[], code: ConfigCode, messages: Texts): void {
    let place: Place = { path: [], key: '', node: this.contents(), line: undefined, variable: true };
    for (const name of path) place = this.child(place, name);
    this.report(code, place, messages);
  }

  private contents(): Node | undefined {
    return this.document.contents === null ? undefined : (this.document.contents as Node);
  }

  private value(declaration: Declaration, place: Place): unknown {
    switch (declaration.kind) {
      case 'setting':
        return this.setting(declaration, place);
      case 'section':
        return this.section(declaration, place);
      case 'row':
        return this.row(declaration, place);
      case 'names':
        return this.names(declaration, place);
    }
  }

  private setting(setting: Setting, place: Place): unknown {
    const name = variableOf(place.path);
    const override = place.variable ? lookUp(this.variables, name) : undefined;
    if (override !== undefined) {
      this.used.add(name);
      const texts = setting.type.shape === 'list' ? override.split(',').map((part) => part.trim()) : [override];
      return this.parse(setting, texts, { ...place, key: name, line: undefined });
    }
    if (place.node !== undefined) {
      const texts = this.texts(setting, place);
      return texts === undefined ? undefined : this.parse(setting, texts, place);
    }
    if (setting.default !== undefined) {
      const written = typeof setting.default === 'string' ? setting.default : setting.default[this.environment];
      return this.parse(setting, setting.type.shape === 'list' ? written.split(',') : [written], place);
    }
    if (!setting.optional) {
      this.report('CONFIG_MISSING_KEY', place, {
        vi: `thiếu khoá bắt buộc. ${setting.description.vi}`,
        en: `a required key is missing. ${setting.description.en}`,
      });
    }
    return undefined;
  }

  private parse(setting: Setting, texts: readonly string[], place: Place): unknown {
    const parsed = setting.type.parse(texts, { folder: dirname(this.file) });
    if (!parsed.ok) {
      const suggestion = texts
        .map((text) => nearest(text, setting.type.words ?? []))
        .find((word) => word !== undefined);
      this.report(parsed.code ?? 'CONFIG_INVALID_VALUE', place, parsed.why, suggestion);
      return undefined;
    }
    for (const text of texts) {
      if (setting.unsafeValues.includes(text)) this.refuseUnsafe(place, text);
    }
    return parsed.value;
  }

  private section(section: Section, place: Place): unknown {
    const { node } = place;
    const off = section.falsable === undefined ? undefined : this.offSwitch(section.falsable, section, place);
    if (off === false) return false;
    if (node === undefined && section.optional && !this.hasVariable(place)) return undefined;
    if (place.key !== '' && (node !== undefined || this.hasVariable(place))) {
      if (section.unsafe === true) this.refuseUnsafe(place);
    }
    const besides = section.besides ?? {};
    const pairs = this.pairs(place, [...Object.keys(section.keys), ...Object.keys(besides)]);
    if (pairs === undefined) return undefined;
    if (section.exactlyOne) return { ...this.exactlyOne(section, place), ...this.keys(besides, place) };
    return this.keys(section.keys, place);
  }

  private keys(keys: Keys, place: Place): Record<string, unknown> {
    const value: Record<string, unknown> = {};
    for (const [key, declaration] of Object.entries(keys)) {
      const read = this.value(declaration, this.child(place, key));
      if (read !== undefined) value[key] = read;
    }
    return value;
  }

  private offSwitch(falsable: NonNullable<Section['falsable']>, section: Section, place: Place): false | undefined {
    const name = variableOf(place.path);
    const written = isScalar(place.node) ? this.scalarText(place.node, place) : undefined;
    const override = place.variable ? lookUp(this.variables, name) : undefined;
    if (override !== undefined) this.used.add(name);
    const absent = place.node === undefined && override === undefined && !this.hasVariable(place);
    if ((override ?? written) !== 'false' && !(absent && falsable.absent === 'false')) {
      if (override !== undefined) {
        this.report(
          'CONFIG_INVALID_VALUE',
          { ...place, key: name, line: undefined },
          {
            vi: 'chỉ nhận false; các khoá bên trong có biến riêng.',
            en: 'takes only false; the keys inside have variables of their own.',
          },
        );
      }
      return undefined;
    }
    if (absent && falsable.absenceUnsafe && this.environment === 'production') {
      this.report('CONFIG_UNSAFE_IN_PRODUCTION', place, {
        vi: `phải nêu rõ ở production: đặt các khoá của nó, hoặc viết false nếu chấp nhận không có. ${section.description.vi}`,
        en: `must be stated in production: set its keys, or write false to accept going without. ${section.description.en}`,
      });
    }
    return false;
  }

  private exactlyOne(section: Section, place: Place): Record<string, unknown> | undefined {
    const keys = Object.keys(section.keys);
    const present = keys.filter((key) => {
      const child = this.child(place, key);
      return child.node !== undefined || this.hasVariable(child);
    });
    // Environment wins over file also when it names the other way.
    const fromEnvironment = present.filter((key) => this.hasVariable(this.child(place, key)));
    const chosen = fromEnvironment.length > 0 ? fromEnvironment : present;
    const [key] = chosen;
    const declaration = key === undefined ? undefined : section.keys[key];
    if (key === undefined || declaration === undefined || chosen.length > 1) {
      const all = keys.join(', ');
      this.report(chosen.length > 1 ? 'CONFIG_INVALID_VALUE' : 'CONFIG_MISSING_KEY', place, {
        vi: `cần đúng một trong các khoá: ${all}. ${section.description.vi}`,
        en: `needs exactly one of the keys: ${all}. ${section.description.en}`,
      });
      return undefined;
    }
    return { [key]: this.value(declaration, this.child(place, key)) };
  }

  private row(row: Many, place: Place): unknown {
    const node = this.resolve(place.node);
    if (node === undefined && row.optional) return undefined;
    if (row.lone && isMap(node)) return [this.section(row.of, { ...place, variable: false })];
    if (node !== undefined && !isSeq(node)) {
      this.report('CONFIG_INVALID_VALUE', place, {
        vi: 'phải là một danh sách (mỗi mục bắt đầu bằng "- ").',
        en: 'must be a list (each entry starts with "- ").',
      });
      return [];
    }
    return (node?.items ?? []).map((item, index) =>
      this.section(row.of, {
        path: [...place.path, String(index)],
        key: `${place.key}[${index}]`,
        node: item as Node,
        line: this.lineOf(item as Node) ?? place.line,
        variable: false,
      }),
    );
  }

  private names(names: Many, place: Place): unknown {
    const pairs = this.pairs(place);
    if (pairs === undefined) return {};
    const found = new Map(pairs.map((pair) => [String(isScalar(pair.key) ? pair.key.value : pair.key), pair]));
    const value: Record<string, unknown> = Object.create(null);
    for (const name of new Set([...found.keys(), ...this.namesInVariables(names, place, [...found.keys()])])) {
      value[name] = this.section(names.of, this.child(place, name));
    }
    if (names.atLeastOne && Object.keys(value).length === 0) {
      this.report('CONFIG_MISSING_KEY', place, { vi: 'cần ít nhất một mục.', en: 'needs at least one entry.' });
    }
    return value;
  }

  /** Names that only the environment mentions: `LIENTHONG_DEPARTMENTS_WELFARE_URL` adds `welfare`. */
  private namesInVariables(names: Many, place: Place, known: readonly string[]): readonly string[] {
    if (!place.variable) return [];
    const prefix = `${variableOf(place.path)}_`;
    const knownPrefixes = known.map((name) => `${variableOf([...place.path, name])}_`);
    const added: string[] = [];
    for (const variable of Object.keys(this.variables)) {
      if (!variable.startsWith(prefix) || lookUp(this.variables, variable) === undefined) continue;
      if (knownPrefixes.some((one) => variable.startsWith(one))) continue;
      for (const key of Object.keys(names.of.keys)) {
        const suffix = variableOf([key]).slice('LIENTHONG'.length);
        const name = variable.slice(prefix.length, -suffix.length);
        if (variable.endsWith(suffix) && name !== '') added.push(name.toLowerCase());
      }
    }
    return added;
  }

  /** The entries of a mapping; an absent or empty one has none. Unknown keys are reported where they stand. */
  private pairs(place: Place, known?: readonly string[]): readonly Pair[] | undefined {
    const node = this.resolve(place.node);
    if (node === undefined || (isScalar(node) && node.value === null)) return [];
    if (!isMap(node)) {
      this.report('CONFIG_INVALID_VALUE', place, {
        vi: `phải gồm các khoá${known === undefined ? '' : `: ${known.join(', ')}`}.`,
        en: `must hold keys${known === undefined ? '' : `: ${known.join(', ')}`}.`,
      });
      return undefined;
    }
    for (const pair of known === undefined ? [] : node.items) {
      const name = String(isScalar(pair.key) ? pair.key.value : pair.key);
      if (known?.includes(name)) continue;
      const key = place.key === '' ? name : `${place.key}.${name}`;
      this.report(
        'CONFIG_UNKNOWN_KEY',
        { ...place, key, line: this.lineOf(pair.key as Node) },
        {
          vi: `không có khoá này. Các khoá ở đây: ${known?.join(', ')}.`,
          en: `there is no such key. The keys here: ${known?.join(', ')}.`,
        },
        nearest(name, known ?? []),
      );
    }
    return node.items;
  }

  private child(place: Place, name: string): Place {
    const node = this.resolve(place.node);
    const pair = isMap(node)
      ? node.items.find((item) => isScalar(item.key) && String(item.key.value) === name)
      : undefined;
    return {
      path: [...place.path, name],
      key: place.key === '' ? name : `${place.key}.${name}`,
      node: (pair?.value ?? undefined) as Node | undefined,
      line: pair === undefined ? place.line : this.lineOf(pair.key as Node),
      variable: place.variable,
    };
  }

  /** The texts of a setting with variables substituted; a scalar stands for a list of one. */
  private texts(setting: Setting, place: Place): readonly string[] | undefined {
    const node = this.resolve(place.node);
    const items = isSeq(node) ? node.items : [node];
    if (isSeq(node) !== (setting.type.shape === 'list') && (isSeq(node) || setting.type.schema.type === 'array')) {
      this.report('CONFIG_INVALID_VALUE', place, {
        vi: isSeq(node) ? 'phải là một giá trị, không phải danh sách.' : 'phải là danh sách, ví dụ [a, b].',
        en: isSeq(node) ? 'must be one value, not a list.' : 'must be a list, for example [a, b].',
      });
      return undefined;
    }
    const texts: string[] = [];
    for (const item of items) {
      const written = this.scalarText(this.resolve(item as Node), place);
      if (written === undefined) return undefined;
      texts.push(written);
    }
    return texts;
  }

  private scalarText(node: Node | undefined, place: Place): string | undefined {
    if (!isScalar(node) || node.value === null) {
      this.report('CONFIG_INVALID_VALUE', place, {
        vi: 'phải có một giá trị đơn.',
        en: 'must have a single value.',
      });
      return undefined;
    }
    const { text, missing } = substitute(
      typeof node.value === 'string' ? node.value : (node.source ?? String(node.value)),
      this.variables,
    );
    for (const name of missing) {
      this.report('CONFIG_MISSING_VARIABLE', place, {
        vi: `biến môi trường ${name} chưa được đặt. Đặt biến này rồi khởi động lại.`,
        en: `the environment variable ${name} is not set. Set it and start again.`,
      });
    }
    return missing.length > 0 ? undefined : text;
  }

  private hasVariable(place: Place): boolean {
    if (!place.variable) return false;
    const name = variableOf(place.path);
    return Object.keys(this.variables).some(
      (variable) =>
        (variable === name || variable.startsWith(`${name}_`)) && lookUp(this.variables, variable) !== undefined,
    );
  }

  private resolve(node: Node | undefined): Node | undefined {
    return isAlias(node) ? node.resolve(this.document) : node;
  }

  private lineOf(node: Node | null | undefined): number | undefined {
    const start = node?.range?.[0];
    return start === undefined ? undefined : this.lines.linePos(start).line;
  }

  private refuseUnsafe(place: Place, value?: string): void {
    if (this.environment !== 'production') return;
    const what = value === undefined ? '' : ` (${value})`;
    this.report('CONFIG_UNSAFE_IN_PRODUCTION', place, {
      vi: `không được dùng ở production${what}. Bỏ khoá này, hoặc đặt environment: development để chạy thử.`,
      en: `is refused in production${what}. Remove the key, or set environment: development to try things out.`,
    });
  }

  private report(code: ConfigCode, place: Pick<Place, 'key' | 'line'>, messages: Texts, suggestion?: string): void {
    this.problems.push({
      code,
      file: this.file,
      ...(place.line === undefined ? {} : { line: place.line }),
      key: place.key,
      messages,
      ...(suggestion === undefined ? {} : { suggestion }),
    });
  }
}
