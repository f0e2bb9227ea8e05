import {
  type GraphQLArgument,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
} from 'graphql';

import { WORDS } from './model.ts';
import type { Random } from './random.ts';

export interface GeneratedOperation {
  readonly text: string;
  readonly operationName: string | null;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Keys, inputs of computed fields, words of other types, and names that JavaScript gives a meaning. */
const ALIASES = [
  ...WORDS,
  'id',
  'code',
  'total',
  'score',
  'proof',
  'title0',
  'representations',
  '__proto__',
  'constructor',
];

/** A document of one or two operations; valid more often than not. */
export const generateOperation = (schema: GraphQLSchema, random: Random): GeneratedOperation =>
  new Generator(schema, random).document();

const literal = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return `{ ${Object.entries(value)
    .map(([name, member]) => `${name}: ${literal(member)}`)
    .join(', ')} }`;
};

class Generator {
  readonly #schema: GraphQLSchema;
  readonly #random: Random;
  readonly #fragments: { name: string; type: GraphQLCompositeType; text: string; variables: Set<string> }[] = [];
  /** Response key → what it stands for: selections that meet must be mergeable. */
  readonly #keys = new Map<string, { signature: string; given: string; used: ReadonlySet<string> }>();
  readonly #declarations = new Map<string, string>();
  readonly #values: Record<string, unknown> = {};
  #used = new Set<string>();
  #budget = 0;
  #count = 0;

  constructor(schema: GraphQLSchema, random: Random) {
    this.#schema = schema;
    this.#random = random;
  }

  document(): GeneratedOperation {
    const random = this.#random;
    const operations = [this.#operation('A')];
    if (random.chance(0.15)) operations.push(this.#operation('B'));
    const several = operations.length > 1;
    const text = [...operations, ...this.#fragments.map((fragment) => fragment.text)].join('\n');
    return { text, operationName: several ? random.pick(['A', 'B']) : null, variables: this.#values };
  }

  #operation(name: string): string {
    const mutation = this.#schema.getMutationType();
    const root = mutation && this.#random.chance(0.12) ? mutation : this.#schema.getQueryType();
    if (!root) throw new TypeError('a schema without Query');
    this.#used = new Set();
    this.#budget = this.#random.int(4, 30);
    const set = this.#set(root, 0);
    const declared = [...this.#used].map((variable) => `$${variable}: ${this.#declarations.get(variable)}`);
    const verb = root === mutation ? 'mutation' : 'query';
    return `${verb} ${name}${declared.length > 0 ? `(${declared.join(', ')})` : ''} ${set}`;
  }

  #set(type: GraphQLCompositeType, depth: number): string {
    const random = this.#random;
    const selections: string[] = [];
    const wanted = random.int(1, depth === 0 ? 4 : 5);
    for (let index = 0; index < wanted && (this.#budget > 0 || selections.length === 0); index++) {
      this.#budget--;
      const kind = random.next();
      const selection =
        depth < 6 && kind < 0.16
          ? this.#inline(type, depth)
          : depth < 6 && kind < 0.28
            ? this.#spread(type, depth)
            : kind < 0.34
              ? this.#typename(type)
              : this.#field(type, depth);
      selections.push(selection ?? this.#field(type, depth) ?? this.#typename(type) ?? '__typename');
    }
    // The same thing twice, or its like: two selections under one key.
    if (random.chance(0.12)) selections.push(random.pick(selections));
    return `{ ${selections.join(' ')} }`;
  }

  #field(type: GraphQLCompositeType, depth: number): string | undefined {
    if (!isObjectType(type) && !isInterfaceType(type)) return undefined;
    const random = this.#random;
    const fields = Object.values(type.getFields());
    const fitting = fields.filter((field) => depth < 5 || !isCompositeType(getNamedType(field.type)));
    if (fitting.length === 0) return undefined;
    const leaves = fitting.filter((field) => !isCompositeType(getNamedType(field.type)));
    const me = depth === 0 && random.chance(0.25) ? fields.find(({ name }) => name === 'me') : undefined;
    const field = me ?? (this.#budget <= 0 && leaves.length > 0 ? random.pick(leaves) : random.pick(fitting));
    const key = this.#keyFor(field);
    if (!key) return undefined;
    const named = getNamedType(field.type);
    const conditions = this.#conditions();
    const set = isCompositeType(named) ? ` ${this.#set(named, depth + 1)}` : '';
    return `${key}${conditions}${set}`;
  }

  /** `alias: name(arguments)`, such that no response key ever stands for two things. */
  #keyFor(field: GraphQLField<unknown, unknown>): string | undefined {
    const random = this.#random;
    const signature = `${field.name} ${field.type.toString()}`;
    const aliases = random.chance(0.35) ? random.some(ALIASES, 4) : [field.name, ...random.some(ALIASES, 3)];
    for (const alias of [...aliases, `k${this.#count++}`]) {
      const known = this.#keys.get(alias);
      if (known && known.signature !== signature) continue;
      const meaning = known ?? { signature, ...this.#given(field.args) };
      for (const variable of meaning.used) this.#used.add(variable);
      this.#keys.set(alias, meaning);
      return `${alias === field.name ? '' : `${alias}: `}${field.name}${meaning.given}`;
    }
    return undefined;
  }

  #given(declared: readonly GraphQLArgument[]): { given: string; used: Set<string> } {
    const random = this.#random;
    const used = new Set<string>();
    const given = declared.flatMap(({ name, type }) => {
      if (random.chance(0.3)) return [];
      const value = this.#valueOf(type.toString());
      if (random.chance(0.5)) return [`${name}: ${literal(value)}`];
      const variable = random.chance(0.2) ? 'representations' : `s${this.#count++}`;
      if (!this.#declarations.has(variable)) {
        this.#declarations.set(variable, `${type.toString()}${random.chance(0.3) ? ` = ${literal(value)}` : ''}`);
        if (random.chance(0.7)) this.#values[variable] = value;
      } else if (!this.#declarations.get(variable)?.startsWith(type.toString())) return [];
      used.add(variable);
      return [`${name}: $${variable}`];
    });
    return { given: given.length > 0 ? `(${given.join(', ')})` : '', used };
  }

  #valueOf(type: string): unknown {
    const random = this.#random;
    const id = () => `⟦Citizen#${random.int(0, 11)}⟧`;
    const some = (make: () => string) => Array.from({ length: random.int(0, 3) }, make);
    const number = () => String(random.int(0, 11)).padStart(12, '0');
    switch (type) {
      case 'String':
        return `argument-${this.#count++}`;
      case 'PersonalNumber':
        return number();
      case '[ID!]':
        return some(id);
      case 'Who':
        return {
          ...(random.chance(0.5) ? { id: random.chance(0.2) ? null : id() } : {}),
          ...(random.chance(0.5) ? { number: number() } : {}),
          ...(random.chance(0.5) ? { others: some(id) } : {}),
        };
      default:
        return random.int(0, 9);
    }
  }

  #inline(type: GraphQLCompositeType, depth: number): string {
    const condition = this.#random.chance(0.1) ? undefined : this.#overlapping(type);
    const inner = this.#set(condition ?? type, depth + 1);
    return `...${condition ? ` on ${condition.name}` : ''}${this.#conditions()} ${inner}`;
  }

  #spread(type: GraphQLCompositeType, depth: number): string {
    const random = this.#random;
    const fitting = this.#fragments.filter((fragment) => this.#overlap(fragment.type, type));
    const known = fitting.length > 0 && random.chance(0.6) ? random.pick(fitting) : undefined;
    if (known) {
      for (const variable of known.variables) this.#used.add(variable);
      return `...${known.name}${this.#conditions()}`;
    }
    const condition = this.#overlapping(type);
    const outer = this.#used;
    this.#used = new Set();
    const set = this.#set(condition, depth + 1);
    const name = `F${this.#fragments.length}`;
    this.#fragments.push({
      name,
      type: condition,
      text: `fragment ${name} on ${condition.name} ${set}`,
      variables: this.#used,
    });
    this.#used = new Set([...outer, ...this.#used]);
    return `...${name}${this.#conditions()}`;
  }

  #typename(type: GraphQLCompositeType): string | undefined {
    // Root `__typename` is generated as well: it is judged like any field.
    const alias = this.#random.pick(['', '', 'kind', 'id', `t${type.name}`]);
    const known = this.#keys.get(alias || '__typename');
    if (known && known.signature !== '__typename') return undefined;
    this.#keys.set(alias || '__typename', { signature: '__typename', given: '', used: new Set() });
    return `${alias ? `${alias}: ` : ''}__typename`;
  }

  #conditions(): string {
    const random = this.#random;
    if (!random.chance(0.14)) return '';
    const one = (name: string) => `@${name}(if: ${this.#truth()})`;
    const names = random.chance(0.15) ? ['skip', 'include'] : [random.pick(['skip', 'include'])];
    return ` ${names.map(one).join(' ')}`;
  }

  #truth(): string {
    const random = this.#random;
    if (random.chance(0.3)) return String(random.chance(0.5));
    const variable = `b${random.int(0, 3)}`;
    if (!this.#declarations.has(variable)) {
      const defaulted = random.chance(0.4);
      this.#declarations.set(variable, defaulted ? `Boolean = ${random.chance(0.5)}` : 'Boolean!');
      if (!defaulted || random.chance(0.5)) this.#values[variable] = random.chance(0.5);
    }
    this.#used.add(variable);
    return `$${variable}`;
  }

  #overlapping(type: GraphQLCompositeType): GraphQLCompositeType {
    const all = Object.values(this.#schema.getTypeMap()).filter(isCompositeType);
    return this.#random.pick(all.filter((other) => !other.name.startsWith('__') && this.#overlap(other, type)));
  }

  #overlap(a: GraphQLCompositeType, b: GraphQLCompositeType): boolean {
    const objects = (type: GraphQLCompositeType) =>
      isAbstractType(type) ? this.#schema.getPossibleTypes(type) : [type];
    return objects(a).some((object) => objects(b).includes(object));
  }
}
