import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type ParsedNode,
  parseDocument,
  type YAMLMap,
} from 'yaml';
import { AdmissionError, refusal } from './admission/refusal.ts';

/**
 * A YAML file read strictly: unknown keys, wrong kinds and missing values are refused with file, line, column and key.
 * Every method throws an AdmissionError.
 */
export class YamlFile {
  readonly root: Section;
  readonly #name: string;
  readonly #lines = new LineCounter();
  readonly #document: Document.Parsed;

  constructor(text: string, name: string) {
    this.#name = name;
    const document = parseDocument(text, { lineCounter: this.#lines, uniqueKeys: true });
    this.#document = document;
    const [error] = document.errors;
    if (error !== undefined) {
      const offset = error.pos[0];
      throw this.refuse(offset, '', `YAML sai cú pháp`, `not valid YAML: ${error.message.split('\n')[0]}`);
    }
    this.root = this.section(document.contents, 'file');
  }

  /** The error for a place in this file. */
  refuse(at: number | Node | null | undefined, key: string, vi: string, en: string): AdmissionError {
    const offset = typeof at === 'number' ? at : (at?.range?.[0] ?? 0);
    const { line, col } = this.#lines.linePos(offset);
    const place = `${this.#name}:${line}:${col}${key === '' ? '' : ` ${key}`}`;
    return new AdmissionError([refusal('INVALID_CONFIG', `${place}: ${vi}`, `${place}: ${en}`)]);
  }

  /** A node as a map with string keys. */
  section(node: unknown, key: string): Section {
    if (isMap(node)) return new Section(this, node as YAMLMap<ParsedNode, ParsedNode | null>, key);
    throw this.refuse(asNode(node), key, 'phải là một bảng khoá và giá trị', 'must be a map of keys and values');
  }

  /** A node as a non-empty string. */
  string(node: unknown, key: string): string {
    if (isScalar(node) && typeof node.value === 'string' && node.value.trim() !== '') return node.value;
    throw this.refuse(asNode(node), key, 'phải là chuỗi không rỗng', 'must be a string that is not empty');
  }

  /** A node as a list of non-empty strings. */
  strings(node: unknown, key: string): readonly string[] {
    if (isSeq(node))
      return Object.freeze(node.items.map((item, index) => this.string(this.resolved(item), `${key}[${index}]`)));
    throw this.refuse(asNode(node), key, 'phải là danh sách', 'must be a list');
  }

  /** A node as a list of maps. */
  sections(node: unknown, key: string): readonly Section[] {
    if (isSeq(node)) return node.items.map((item, index) => this.section(this.resolved(item), `${key}[${index}]`));
    throw this.refuse(asNode(node), key, 'phải là danh sách', 'must be a list');
  }

  /** The node that is meant: an alias (`*name`) stands for what its anchor marks. */
  resolved<Value>(node: Value): Value | ParsedNode | undefined {
    return isAlias(node) ? (node.resolve(this.#document) as ParsedNode | undefined) : node;
  }

  /** A node as plain JSON, aliases resolved: for values that are not this file's to name. */
  json(node: unknown): unknown {
    return isNode(node) ? node.toJS(this.#document) : null;
  }
}

/** A map in a YAML file. `key` is its path, for messages. */
export class Section {
  readonly file: YamlFile;
  readonly key: string;
  readonly node: Node;
  readonly #values = new Map<string, ParsedNode | null>();
  readonly #keys = new Map<string, Node>();

  constructor(file: YamlFile, map: YAMLMap<ParsedNode, ParsedNode | null>, key: string) {
    this.file = file;
    this.key = key;
    this.node = map;
    for (const pair of map.items) {
      const name = isScalar(pair.key) ? String(pair.key.value) : '';
      this.#values.set(name, file.resolved(pair.value) ?? null);
      this.#keys.set(name, pair.key);
    }
  }

  get names(): readonly string[] {
    return [...this.#values.keys()];
  }

  /** Refuses every key that is not in the list, with the nearest one as a suggestion. */
  only(known: readonly string[]): this {
    for (const [name, node] of this.#keys) {
      if (known.includes(name)) continue;
      const nearest = known.toSorted((a, b) => distance(name, a) - distance(name, b))[0];
      const list = known.join(', ');
      throw this.file.refuse(
        node,
        this.path(name),
        `khoá lạ; có phải «${nearest}»? Các khoá: ${list}`,
        `unknown key; did you mean "${nearest}"? Keys: ${list}`,
      );
    }
    return this;
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  section(name: string): Section {
    return this.file.section(this.#required(name), this.path(name));
  }

  string(name: string): string {
    return this.file.string(this.#required(name), this.path(name));
  }

  strings(name: string): readonly string[] {
    return this.file.strings(this.#required(name), this.path(name));
  }

  sections(name: string): readonly Section[] {
    return this.file.sections(this.#required(name), this.path(name));
  }

  /** Whatever stands there, as plain JSON. */
  json(name: string): unknown {
    return this.file.json(this.#required(name));
  }

  /** One of several words. */
  word<Word extends string>(name: string, words: readonly Word[]): Word {
    const given = this.string(name);
    const word = words.find((each) => each === given);
    if (word !== undefined) return word;
    throw this.refuse(name, `phải là ${words.join(' | ')}`, `must be ${words.join(' | ')}`);
  }

  /** A string or a list of strings. */
  oneOrMore(name: string): readonly string[] {
    const node = this.#required(name);
    return isSeq(node) ? this.strings(name) : [this.string(name)];
  }

  /** The error for one of this section's values. */
  refuse(name: string, vi: string, en: string): AdmissionError {
    return this.file.refuse(this.#values.get(name) ?? this.#keys.get(name) ?? this.node, this.path(name), vi, en);
  }

  path(name: string): string {
    return this.key === 'file' ? name : `${this.key}.${name}`;
  }

  #required(name: string): ParsedNode | null | undefined {
    if (!this.#values.has(name)) throw this.file.refuse(this.node, this.path(name), 'còn thiếu', 'is missing');
    return this.#values.get(name);
  }
}

const asNode = (node: unknown): Node | undefined => (isMap(node) || isScalar(node) || isSeq(node) ? node : undefined);

/** Letters to insert, delete or replace between two keys (Levenshtein), for suggestions. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries()) {
      const replace = (row[j] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(replace, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
