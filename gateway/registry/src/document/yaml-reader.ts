import { type Document, isAlias, isMap, isNode, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import type { Messages } from '../partner.ts';
import type { RegistryProblem } from '../problem.ts';

/** A value of the file together with the place it stands at. */
export interface Place {
  readonly node: unknown;
  readonly key: string;
  readonly line: number;
}

/**
 * Reads a YAML text value by value and collects what is wrong with it, each fault with its line and key.
 * A reading method answers undefined where it has recorded a problem, so that one run names every fault.
 */
export class YamlReader {
  readonly problems: RegistryProblem[] = [];
  readonly top: Place;
  readonly #lines = new LineCounter();
  readonly #document: Document;

  constructor(text: string) {
    this.#document = parseDocument(text, { lineCounter: this.#lines });
    for (const error of this.#document.errors) {
      const line = error.linePos?.[0].line ?? 1;
      const reason = error.message.split('\n')[0] ?? '';
      this.problems.push({
        line,
        key: '(YAML)',
        messages: { vi: `không phải YAML hợp lệ: ${reason}`, en: `not valid YAML: ${reason}` },
      });
    }
    this.top = { node: this.#document.contents, key: '(top)', line: 1 };
  }

  /** Records a fault at `place`. */
  problem(place: Place, vi: string, en: string): undefined {
    const messages: Messages = { vi, en };
    this.problems.push({ line: place.line, key: place.key, messages });
    return undefined;
  }

  /** The entries of a mapping in file order, whatever their keys. */
  entries(place: Place): Map<string, Place> | undefined {
    const node = this.#resolve(place.node);
    if (!isMap(node)) return this.problem(place, 'phải là một nhóm khoá', 'must be a mapping');
    const entries = new Map<string, Place>();
    for (const { key, value } of node.items) {
      const name = isScalar(key) ? String(key.value) : String(key);
      const path = place.key === '(top)' ? name : `${place.key}.${name}`;
      entries.set(name, { node: value, key: path, line: this.#lineOf(key) ?? place.line });
    }
    return entries;
  }

  /** The entries of a mapping that may hold only `allowed` keys and must hold those of `required`. */
  record(place: Place, required: readonly string[], optional: readonly string[] = []): Map<string, Place> | undefined {
    const entries = this.entries(place);
    if (!entries) return undefined;
    const allowed = [...required, ...optional];
    for (const [name, entry] of entries) {
      if (!allowed.includes(name)) {
        this.problem(entry, `khoá lạ; dùng được: ${allowed.join(', ')}`, `unknown key; allowed: ${allowed.join(', ')}`);
      }
    }
    for (const name of required) {
      if (!entries.has(name)) this.problem(place, `thiếu khoá "${name}"`, `the key "${name}" is missing`);
    }
    return entries;
  }

  /** The items of a sequence that must not be empty unless told. */
  list(place: Place, { empty = false } = {}): Place[] | undefined {
    const node = this.#resolve(place.node);
    if (!isSeq(node) || (node.items.length === 0 && !empty)) {
      return empty
        ? this.problem(place, 'phải là danh sách', 'must be a list')
        : this.problem(place, 'phải là danh sách có ít nhất một mục', 'must be a list with at least one item');
    }
    return node.items.map((item, index) => ({
      node: item,
      key: `${place.key === '(top)' ? '' : place.key}[${index}]`,
      line: this.#lineOf(item) ?? place.line,
    }));
  }

  /** A string that matches `pattern`; `shape` says in words what the pattern asks for. */
  text(place: Place, pattern: RegExp, shape: Messages): string | undefined {
    const node = this.#resolve(place.node);
    const value = isScalar(node) ? node.value : undefined;
    if (typeof value === 'string' && pattern.test(value)) return value;
    return this.problem(place, `phải là ${shape.vi}`, `must be ${shape.en}`);
  }

  /** A positive whole number. */
  count(place: Place): number | undefined {
    const value = this.plain(place);
    if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return value;
    return this.problem(place, 'phải là số nguyên dương', 'must be a positive whole number');
  }

  /** `true` or `false`. */
  flag(place: Place): boolean | undefined {
    const value = this.plain(place);
    return typeof value === 'boolean' ? value : this.problem(place, 'phải là true hoặc false', 'must be true or false');
  }

  /** One of some words. */
  word<const Word extends string>(place: Place, words: readonly Word[]): Word | undefined {
    const value = this.plain(place);
    const found = words.find((word) => word === value);
    if (found !== undefined) return found;
    return this.problem(place, `phải là ${words.join(' | ')}`, `must be ${words.join(' | ')}`);
  }

  /** The value as JSON would have it, for what is no structure of ours. */
  plain(place: Place): unknown {
    const node = this.#resolve(place.node);
    return isNode(node) ? node.toJS(this.#document) : node;
  }

  #resolve(node: unknown): unknown {
    return isAlias(node) ? node.resolve(this.#document) : node;
  }

  #lineOf(node: unknown): number | undefined {
    const offset = (node as Node | null)?.range?.[0];
    return offset === undefined ? undefined : this.#lines.linePos(offset).line;
  }
}
