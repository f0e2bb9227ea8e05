import type { Concerns } from './concerns.ts';
import { Random } from './random.ts';

/** One guard as a department writes it; what is absent asks for nothing. */
export interface Guard {
  readonly authenticated?: true;
  readonly scopes?: readonly (readonly string[])[];
  readonly policies?: readonly (readonly string[])[];
}

export interface Argument {
  readonly name: string;
  /** `String` or `Int`. */
  readonly type: string;
  readonly default?: string;
}

export interface Field {
  readonly name: string;
  /** As SDL writes it: `[Person!]!`. */
  readonly type: string;
  readonly arguments: readonly Argument[];
  /** Departments that resolve it, each with the guard that it wrote. */
  readonly departments: ReadonlyMap<string, Guard>;
  /** Fields of the same type that it is computed from, by `@requires`. */
  readonly requires: readonly string[];
  readonly public: boolean;
  /** The department that took the field over from the others by `@override`; their guards go on counting. */
  readonly overriddenBy?: string;
  /** Known to departments alone. */
  readonly inaccessible?: true;
}

export interface ObjectModel {
  readonly kind: 'entity' | 'value' | 'root' | 'listing';
  readonly name: string;
  /** Per department, the `@key`s written there; empty for values and roots. */
  readonly departments: ReadonlyMap<string, readonly string[]>;
  readonly guards: Map<string, Guard>;
  readonly fields: Field[];
  readonly interfaces: string[];
}

export interface AbstractModel {
  readonly kind: 'interface' | 'union';
  readonly name: string;
  /** Per department, the types that it counts to this one. */
  readonly members: ReadonlyMap<string, readonly string[]>;
  /** Of an interface. */
  readonly fields: readonly Field[];
  /** Interfaces that this one implements. */
  readonly interfaces: readonly string[];
}

export interface LeafModel {
  readonly kind: 'scalar' | 'enum';
  readonly name: string;
  readonly guard: Guard;
}

/** A generated federation, before any SDL is written. */
export interface Model {
  readonly departments: readonly string[];
  /** How the departments write the directives: plain, renamed by import, or by the namespace of the specification. */
  readonly vocabulary: 'plain' | 'renamed' | 'namespaced';
  readonly unguarded: 'allow' | 'refuse';
  readonly objects: readonly ObjectModel[];
  readonly abstracts: readonly AbstractModel[];
  readonly leaves: readonly LeafModel[];
  /** Input types, as SDL. */
  readonly inputs?: string;
  /** Where it is known whose everything is. */
  readonly concerns?: Concerns;
}

/** Names that differ by case, by prefix, and one that objects inherit: a scope is one whole word. */
export const SCOPES = ['basic', 'health', 'health:read', 'Basic', 'admin', '__proto__'] as const;
/** Of a citizen's own object; one department's, or another's. */
export const SELF_SCOPES = ['alpha:self:read', 'beta:self:read'] as const;
export const PURPOSES = ['TTHC', 'STATISTICS'] as const;
/** The last one is decided by nobody here, so nobody has it. */
const POLICIES = [...PURPOSES.map((name) => `purpose:${name}`), 'external'] as const;

/** Types share names of fields, and aliases are drawn from the same words: that is what makes shadowing likely. */
export const WORDS = ['name', 'born', 'phone', 'kin', 'note', 'rank', 'size', 'part', 'seen', 'mark', 'sum'] as const;

/** A federation of 2–3 departments; not every one composes. */
export const generateModel = (seed: string): Model => new Generator(new Random(seed)).model();

class Generator {
  readonly #random: Random;
  readonly #departments: string[];
  readonly #refuse: boolean;
  /** Whether the schema knows citizens and the caller's own record; half of them do. */
  readonly #citizens: boolean;
  readonly #density: number;
  readonly #leaves: LeafModel[] = [];
  readonly #objects: ObjectModel[] = [];
  readonly #abstracts: AbstractModel[] = [];

  constructor(random: Random) {
    this.#random = random;
    this.#departments = ['alpha', 'beta', 'gamma'].slice(0, random.int(2, 3));
    this.#refuse = random.chance(0.25);
    this.#citizens = random.chance(0.5);
    this.#density = random.pick([0.12, 0.25, 0.4]);
  }

  model(): Model {
    const random = this.#random;
    this.#leaves.push(
      { kind: 'scalar', name: 'Code', guard: this.#guard(0.3) },
      { kind: 'scalar', name: 'Day', guard: {} },
      { kind: 'enum', name: 'Level', guard: this.#guard(0.3) },
    );
    for (let index = 0; index < random.int(2, 4); index++) {
      this.#entity(this.#citizens && index === 0 ? 'Citizen' : `E${index}`);
    }
    for (let index = 0; index < random.int(1, 2); index++) this.#value(`V${index}`);
    if (this.#citizens) this.#connection();
    for (const object of this.#objects) this.#ownFields(object);
    for (let index = 0; index < random.int(1, 2); index++) this.#interface(`I${index}`);
    for (let index = 0; index < random.int(0, 2); index++) this.#union(`U${index}`);
    for (const object of this.#objects) this.#computedFields(object);
    this.#root('Query', 'get');
    if (random.chance(0.5)) this.#root('Mutation', 'do');
    return {
      departments: this.#departments,
      vocabulary: random.pick(['plain', 'plain', 'renamed', 'namespaced']),
      unguarded: this.#refuse ? 'refuse' : 'allow',
      objects: this.#objects,
      abstracts: this.#abstracts,
      leaves: this.#leaves,
    };
  }

  #entity(name: string): void {
    const random = this.#random;
    const twoKeys = random.chance(0.4);
    const owners = random.some(this.#departments, random.int(1, this.#departments.length));
    // The first owner knows all keys; the others any one of them.
    const departments = new Map(
      owners.map((owner, index) => {
        const all = twoKeys ? ['id', 'code'] : ['id'];
        return [owner, index === 0 ? all : [random.pick(all)]] as const;
      }),
    );
    const guards = this.#guardsIn(owners, 0.2);
    const entity: ObjectModel = { kind: 'entity', name, departments, guards, fields: [], interfaces: [] };
    for (const key of twoKeys ? ['id', 'code'] : ['id']) {
      const holders = owners.filter((owner) => departments.get(owner)?.includes(key));
      entity.fields.push(this.#field(key, key === 'id' ? 'ID!' : 'String!', holders, 0.15));
    }
    this.#objects.push(entity);
  }

  #value(name: string): void {
    const owners = this.#random.some(this.#departments, this.#random.chance(0.3) ? 2 : 1);
    const departments = new Map(owners.map((owner) => [owner, []] as const));
    const guards = this.#guardsIn(owners, 0.2);
    this.#objects.push({ kind: 'value', name, departments, guards, fields: [], interfaces: [] });
  }

  /** Citizens in pages, known to one department, and on a citizen's own record too. */
  #connection(): void {
    const citizen = this.#objects.find(({ name }) => name === 'Citizen');
    const department = this.#random.pick([...(citizen?.departments.keys() ?? [])]);
    const departments = new Map([[department, []] as const]);
    const add = (name: string, fields: Field[]) =>
      this.#objects.push({ kind: 'listing', name, departments, guards: new Map(), fields, interfaces: [] });
    const field = (name: string, type: string) => this.#field(name, type, [department], 0.5);
    add('CitizenEdge', [field('node', 'Citizen'), field('cursor', 'String')]);
    add('CitizenConnection', [field('edges', '[CitizenEdge!]'), field('size', 'Int')]);
    citizen?.fields.push(this.#field('peers', 'CitizenConnection', [department]));
  }

  #ownFields(object: ObjectModel): void {
    if (object.kind === 'listing') return;
    const random = this.#random;
    const owners = [...object.departments.keys()];
    for (const name of random.some(WORDS, random.int(3, 5))) {
      if (object.kind === 'value') {
        const type = owners.length > 1 ? this.#leafType() : this.#type(owners[0] ?? '');
        object.fields.push(this.#field(name, type, owners, undefined, this.#arguments()));
      } else if (owners.length > 1 && random.chance(0.15)) {
        object.fields.push(this.#field(name, this.#leafType(), owners));
      } else if (owners.length > 1 && random.chance(0.18)) {
        const [winner = '', loser = ''] = random.some(owners, 2);
        const field = this.#field(name, this.#leafType(), [winner, loser]);
        object.fields.push({ ...field, overriddenBy: winner });
      } else if (random.chance(0.06)) {
        object.fields.push({ ...this.#field(name, this.#leafType(), [random.pick(owners)]), inaccessible: true });
      } else {
        const owner = random.pick(owners);
        object.fields.push(this.#field(name, this.#type(owner), [owner], undefined, this.#arguments()));
      }
    }
  }

  /** `@requires` from what other departments hold, chains included: what was computed may be an input again. */
  #computedFields(object: ObjectModel): void {
    if (object.kind !== 'entity' || object.departments.size < 2) return;
    const random = this.#random;
    for (const name of random.some(['total', 'score', 'proof'], random.int(0, 3))) {
      const owner = random.pick([...object.departments.keys()]);
      const inputs = object.fields.filter(
        (field) =>
          !field.departments.has(owner) &&
          field.overriddenBy === undefined &&
          field.arguments.length === 0 &&
          this.#isLeaf(field.type) &&
          !isKey(field) &&
          depthOf(object, field) < longestChain(object),
      );
      if (inputs.length === 0) continue;
      const chosen = random.some(inputs, random.int(1, 2));
      const guard = chosen
        .flatMap((field) => [...field.departments.values(), this.#leafGuard(field.type)])
        .reduce(both, this.#guard(this.#density / 2));
      object.fields.push({
        name,
        type: 'String',
        arguments: random.chance(0.2) ? [{ name: 'unit', type: 'String' }] : [],
        departments: new Map([[owner, guard]]),
        requires: chosen.map((field) => field.name),
        public: this.#isPublic(),
      });
    }
  }

  #interface(name: string): void {
    const random = this.#random;
    const parent = this.#abstracts.find(({ kind }) => kind === 'interface');
    if (parent && random.chance(0.4)) {
      this.#subinterface(name, parent);
      return;
    }
    const [department = '', other = ''] = random.some(this.#departments, 2);
    const members = random.some(this.#known(department), random.int(2, 3));
    if (members.length < 2) return;
    const fields = random.some(['title', 'owner', 'state'], random.int(1, 3)).map((word) => {
      const field = `${word}${name.slice(1)}`;
      const composite = word === 'owner' && this.#type(department);
      return this.#field(field, composite || this.#leafType(), [department]);
    });
    const elsewhere = fields.every(({ type }) => this.#isLeaf(type)) && random.chance(0.4);
    const others = this.#known(other).filter((each) => !members.includes(each));
    const joined = elsewhere ? random.some(others, random.int(1, 2)) : [];
    this.#implement(name, department, members, fields);
    this.#implement(name, other, joined, fields);
    const keyed = [...members, ...joined].every(
      ({ kind, departments }) => kind === 'entity' && [...departments.values()].every((keys) => keys.includes('id')),
    );
    const shown = keyed ? [this.#field('id', 'ID!', [department])] : [];
    this.#abstracts.push({
      kind: 'interface',
      name,
      members: membership([department, members], [other, joined]),
      fields: [...shown, ...fields],
      interfaces: [],
    });
  }

  #implement(name: string, department: string, members: readonly ObjectModel[], fields: readonly Field[]): void {
    for (const member of members) {
      member.interfaces.push(name);
      for (const { name: field, type } of fields) {
        // A member may promise more than its interface.
        const own = this.#random.chance(0.15) && !type.endsWith('!') ? `${type}!` : type;
        member.fields.push(this.#field(field, own, [department]));
      }
    }
  }

  /** An interface that implements another: its members are some of the other's. */
  #subinterface(name: string, parent: AbstractModel): void {
    const [department = '', candidates = []] = [...parent.members][0] ?? [];
    const names = this.#random.some(candidates, this.#random.int(1, 2));
    const members = this.#objects.filter((object) => names.includes(object.name));
    const own = this.#field(`extra${name.slice(1)}`, this.#leafType(), [department]);
    this.#implement(name, department, members, [own]);
    this.#abstracts.push({
      kind: 'interface',
      name,
      members: membership([department, members]),
      fields: [...parent.fields, own],
      interfaces: [parent.name],
    });
  }

  #union(name: string): void {
    const random = this.#random;
    const [department = '', other = ''] = random.some(this.#departments, 2);
    const members = random.some(this.#known(department), random.int(2, 3));
    const elsewhere = random.chance(0.4) ? random.some(this.#known(other), random.int(1, 2)) : [];
    if (members.length < 2) return;
    const each = membership([department, members], [other, elsewhere]);
    this.#abstracts.push({ kind: 'union', name, members: each, fields: [], interfaces: [] });
  }

  #root(name: string, verb: string): void {
    const departments = new Map(this.#departments.map((department) => [department, []] as const));
    const guards = new Map(this.#random.chance(0.03) ? [[this.#departments[0] ?? '', this.#guard(1)]] : []);
    const root: ObjectModel = { kind: 'root', name, departments, guards, fields: [], interfaces: [] };
    for (const department of this.#departments) {
      for (let index = 0; index < this.#random.int(2, 3); index++) {
        const type = index === 0 ? this.#compositeType(department) : this.#type(department);
        const field = `${verb}${department}${index}`;
        root.fields.push(this.#field(field, type ?? 'String', [department], 0.12, this.#arguments()));
      }
    }
    const citizen = this.#objects.find((object) => object.name === 'Citizen');
    if (citizen && name === 'Query') {
      const type = this.#random.chance(0.8) ? 'Citizen' : 'Citizen!';
      root.fields.push(this.#field('me', type, [this.#random.pick([...citizen.departments.keys()])], 0.2));
    }
    this.#objects.push(root);
  }

  #field(
    name: string,
    type: string,
    owners: readonly string[],
    probability = this.#density,
    given: readonly Argument[] = [],
  ): Field {
    const departments = new Map(owners.map((owner) => [owner, this.#guard(probability / owners.length)] as const));
    return { name, type, arguments: given, departments, requires: [], public: this.#isPublic() };
  }

  #isPublic(): boolean {
    return this.#refuse && this.#random.chance(0.85);
  }

  #arguments(): Argument[] {
    if (!this.#random.chance(0.25)) return [];
    const text: Argument = { name: 'text', type: 'String' };
    const limit: Argument = { name: 'limit', type: 'Int', default: '3' };
    return this.#random.pick([[text], [limit], [text, limit]]);
  }

  /** Any type that a field of this department may return. */
  #type(department: string): string {
    return (this.#random.chance(0.45) && this.#compositeType(department)) || this.#leafType();
  }

  #leafType(): string {
    return this.#wrap(this.#random.pick(['String', 'String', 'Int', 'ID', 'Code', 'Day', 'Level']));
  }

  #compositeType(department: string): string | undefined {
    // Entities are named from anywhere: a department may know no more of them than their key.
    const objects = this.#objects.filter(({ kind, departments }) => kind === 'entity' || departments.has(department));
    const abstracts = this.#abstracts.filter(({ members }) => members.has(department));
    const names = [...objects, ...abstracts, ...abstracts]
      .filter((each) => each.kind !== 'root')
      .map(({ name }) => name);
    return names.length === 0 ? undefined : this.#wrap(this.#random.pick(names));
  }

  #wrap(name: string): string {
    return this.#random.pick([
      ...[name, name, name, name, `${name}!`, `${name}!`],
      ...[`[${name}]`, `[${name}!]`, `[${name}]!`, `[${name}!]!`, `[[${name}!]]`],
    ]);
  }

  #known(department: string): ObjectModel[] {
    return this.#objects.filter(({ kind, departments }) => kind !== 'listing' && departments.has(department));
  }

  #isLeaf(type: string): boolean {
    const name = type.replace(/[[\]!]/g, '');
    return ['String', 'Int', 'ID'].includes(name) || this.#leaves.some((leaf) => leaf.name === name);
  }

  #leafGuard(type: string): Guard {
    const name = type.replace(/[[\]!]/g, '');
    return this.#leaves.find((leaf) => leaf.name === name)?.guard ?? {};
  }

  #guardsIn(owners: readonly string[], probability: number): Map<string, Guard> {
    return new Map(owners.map((owner) => [owner, this.#guard(probability / owners.length)] as const));
  }

  #guard(probability: number): Guard {
    const random = this.#random;
    if (!random.chance(probability)) return {};
    const kind = random.next();
    return {
      ...(kind > 0.85 ? { authenticated: true as const } : {}),
      ...(kind < 0.75 ? { scopes: this.#alternatives(this.#scopes()) } : {}),
      ...(kind > 0.65 && kind < 0.9 ? { policies: this.#alternatives(POLICIES) } : {}),
    };
  }

  /** Where there are citizens, self scopes are named about as often as all others together. */
  #scopes(): readonly string[] {
    return this.#citizens ? [...SCOPES, ...SELF_SCOPES, ...SELF_SCOPES, ...SELF_SCOPES] : SCOPES;
  }

  #alternatives(names: readonly string[]): string[][] {
    return Array.from({ length: this.#random.int(1, 2) }, () => [
      ...new Set(this.#random.some(names, this.#random.int(1, 2))),
    ]);
  }
}

/**
 * Apollo's planner asks for the innermost field of a longer chain before it has that field's inputs, and of a chain of two
 * where a department is reached only by a key that the innermost field's own department gives (docs/fuzzing.md, "Known
 * defects"): such chains are not generated.
 */
const longestChain = ({ departments }: ObjectModel): number =>
  [...departments.values()].some((keys) => !keys.includes('id')) ? 1 : 2;

/** How many computed fields one after the other a field rests on, itself included. */
const depthOf = (object: ObjectModel, { requires }: Field): number => {
  const inputs = object.fields.filter(({ name }) => requires.includes(name));
  return requires.length === 0 ? 0 : 1 + Math.max(...inputs.map((input) => depthOf(object, input)));
};

const membership = (...given: readonly (readonly [string, readonly ObjectModel[]])[]): Map<string, string[]> =>
  new Map(
    given.flatMap(([department, members]) =>
      members.length > 0 ? [[department, members.map(({ name }) => name)] as const] : [],
    ),
  );

const isKey = ({ name }: Field): boolean => name === 'id' || name === 'code';

/** Both guards at once, written as one: what a computed field must carry for its inputs. */
const both = (a: Guard, b: Guard): Guard => {
  const product = (left: Guard['scopes'], right: Guard['scopes']) =>
    left && right ? left.flatMap((one) => right.map((other) => [...new Set([...one, ...other])])) : (left ?? right);
  const scopes = product(a.scopes, b.scopes);
  const policies = product(a.policies, b.policies);
  return {
    ...(a.authenticated || b.authenticated ? { authenticated: true as const } : {}),
    ...(scopes ? { scopes } : {}),
    ...(policies ? { policies } : {}),
  };
};
