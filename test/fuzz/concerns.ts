import type { AbstractModel, Argument, Field, Guard, Model, ObjectModel } from './model.ts';
import { Random } from './random.ts';

/**
 * Whose the objects of a type are, as the world knows it: `self`, of the person that it is; `holder`, `wards` and `people`,
 * of those to whom a field of that name leads; `edges` and `node`, of those in a page of people; `nobody`. Nothing, where the
 * type has none: then of those around.
 */
export interface Concern {
  readonly own?: 'self' | 'holder' | 'wards' | 'people' | 'edges' | 'node' | 'nobody';
  /** Of those around besides. */
  readonly around: boolean;
}

/** The same of one field, in place of its type's. */
export interface FieldConcern {
  /** Of whom the arguments name. */
  readonly named?: true;
  /** Of those of the objects to which it leads. */
  readonly led?: true;
  /** Of those around the object that has it. */
  readonly around?: true;
}

export interface Concerns {
  readonly types: ReadonlyMap<string, Concern>;
  /** By `Type.field`. */
  readonly fields: ReadonlyMap<string, FieldConcern>;
}

/** By which field the way to the persons of each kind of concern begins, and how it goes on. */
export const WAYS = {
  self: 'id',
  holder: 'holder.id',
  wards: 'wards.id',
  people: 'people',
  edges: 'edges.node.id',
  node: 'node.id',
} as const;

/** A model in which it is known whose everything is: its Citizens are people, and there is something to be had of them. */
export const withConcerns = (model: Model): Model & { readonly concerns: Concerns } => {
  const random = new Random(`concerns ${model.objects.map(({ name }) => name).join()} ${model.departments.join()}`);
  return new Persons(model, random).model();
};

class Persons {
  readonly #model: Model;
  readonly #random: Random;
  readonly #objects: ObjectModel[];
  readonly #types = new Map<string, Concern>();
  readonly #fields = new Map<string, FieldConcern>();

  constructor(model: Model, random: Random) {
    this.#model = model;
    this.#random = random;
    this.#objects = model.objects.map((object) => ({ ...object, fields: [...object.fields] }));
  }

  model(): Model & { readonly concerns: Concerns } {
    const citizen = this.#citizen();
    const home = [...citizen.departments.keys()][0] ?? '';
    for (const object of this.#objects) if (object !== citizen) this.#concern(object);
    this.#papers(citizen, home);
    for (const object of this.#objects) if (object.kind === 'root') this.#rootFields(object, home);
    return {
      ...this.#model,
      objects: this.#objects,
      abstracts: [
        ...this.#model.abstracts,
        interfaceIn(home, 'Paper', this.#field('label', 'String', home), ['Card', 'Kin']),
        interfaceIn(home, 'Sheet', this.#field('line', 'String', home), ['Card', 'Stamp']),
      ],
      leaves: [...this.#model.leaves, { kind: 'scalar', name: 'PersonalNumber', guard: {} }],
      inputs: 'input Who { id: ID number: PersonalNumber others: [ID!] }',
      concerns: { types: this.#types, fields: this.#fields },
    };
  }

  /** Every department that has Citizens knows them by id: the ways to them end there. */
  #citizen(): ObjectModel {
    const index = this.#objects.findIndex(({ name }) => name === 'Citizen');
    const old = this.#objects[index];
    const owners = old ? [...old.departments.keys()] : this.#random.some(this.#model.departments, 2);
    const departments = new Map(owners.map((owner) => [owner, ['id']]));
    const kept = (old?.fields ?? []).filter(({ name }) => name !== 'id' && name !== 'code');
    const id: Field = {
      ...this.#field('id', 'ID!', owners[0] ?? ''),
      departments: new Map(owners.map((owner) => [owner, this.#guard(0.3)])),
    };
    const citizen: ObjectModel = {
      kind: 'entity',
      name: 'Citizen',
      departments,
      guards: old?.guards ?? new Map(),
      fields: [id, ...kept, this.#field('born', 'String', owners.at(-1) ?? '')].filter(
        ({ name }, at, all) => all.findIndex((other) => other.name === name) === at,
      ),
      interfaces: old?.interfaces ?? [],
    };
    if (index < 0) this.#objects.unshift(citizen);
    else this.#objects[index] = citizen;
    this.#types.set('Citizen', { own: 'self', around: false });
    return citizen;
  }

  #concern(object: ObjectModel): void {
    const { name, kind } = object;
    if (kind === 'root') return;
    if (kind === 'listing') {
      this.#types.set(name, { own: name === 'CitizenEdge' ? 'node' : 'edges', around: false });
      return;
    }
    // What is computed tells departments of its object: whose that is must not depend on the way to it.
    const computed = object.fields.some(({ requires }) => requires.length > 0);
    const kinds = [
      'holder',
      'wards',
      'people',
      'nobody',
      ...(computed ? [] : (['unsaid', 'unsaid'] as const)),
    ] as const;
    const own = this.#random.pick(kinds);
    if (own === 'unsaid') return;
    this.#types.set(name, { own, around: false });
    this.#wayField(object, own);
  }

  /** The field by which a department leads to the persons of its objects. */
  #wayField(object: ObjectModel, own: Concern['own']): void {
    const type = { holder: 'Citizen', wards: this.#random.pick(['[Citizen!]', '[Citizen]!']), people: '[ID!]!' };
    if (own !== 'holder' && own !== 'wards' && own !== 'people') return;
    const [department = ''] = object.departments.keys();
    const field = this.#field(own, type[own], department);
    // A value has no key: whoever has one has all of it.
    const owners = object.kind === 'value' ? [...object.departments.keys()] : [department];
    const departments = new Map(owners.map((owner) => [owner, field.departments.get(department) ?? {}] as const));
    const hidden = own === 'people' && this.#random.chance(0.6) ? { inaccessible: true as const } : {};
    object.fields.push({ ...field, departments, ...hidden });
  }

  /** What is had of a person alone, and never from a root: so it may be of those around. */
  #papers(citizen: ObjectModel, home: string): void {
    const value = (name: string, fields: Field[], interfaces: string[]): ObjectModel => {
      const guards = new Map([[home, this.#guard(0.4)]]);
      const object = { kind: 'value', name, departments: new Map([[home, []]]), guards, fields, interfaces } as const;
      this.#objects.push(object);
      return object;
    };
    const field = (name: string, type: string) => this.#field(name, type, home);
    value('Stamp', [field('day', 'String'), field('place', 'String!'), field('line', 'String')], ['Sheet']);
    value('Wrap', [field('stamp', 'Stamp'), field('card', 'Card')], []);
    const card = value('Card', [field('label', 'String'), field('number', 'Int!')], ['Paper', 'Sheet']);
    card.fields.push(field('line', 'String'), field('stamps', '[Stamp!]'), field('wrap', 'Wrap'));
    const kin = value('Kin', [field('label', 'String'), field('role', 'String'), field('card', 'Card')], ['Paper']);
    this.#types.set('Stamp', { around: true });
    this.#types.set('Card', { around: true });
    this.#types.set('Kin', { own: 'holder', around: true });
    this.#wayField(kin, 'holder');
    citizen.fields.push(
      field('cards', '[Card!]'),
      field('kins', '[Kin]'),
      field('papers', '[Paper]'),
      field('sheets', '[Sheet]'),
      field('card', 'Card!'),
    );
    citizen.fields.push({ ...field('asked', 'Boolean'), arguments: [{ name: 'number', type: 'PersonalNumber' }] });
    this.#fields.set('Citizen.asked', { named: true });
    kin.fields.push(field('note', 'String'), field('guarantor', 'Citizen'));
    this.#fields.set('Kin.note', { around: true });
    this.#fields.set('Kin.guarantor', { around: true, led: true });
    citizen.fields.push(field('rank0', 'Int'));
    this.#fields.set('Citizen.rank0', {});
  }

  #rootFields(root: ObjectModel, home: string): void {
    const verb = root.name === 'Query' ? 'find' : 'change';
    const add = (name: string, type: string, given: Argument[], concern: FieldConcern) => {
      root.fields.push({ ...this.#field(name, type, home), arguments: given });
      this.#fields.set(`${root.name}.${name}`, concern);
    };
    const number = { name: 'number', type: 'PersonalNumber' };
    add(`${verb}One`, 'Citizen', [number], { named: true });
    add(`${verb}Match`, 'Boolean', [number, { name: 'text', type: 'String' }], { named: true });
    add(`${verb}Many`, '[Citizen]', [{ name: 'ids', type: '[ID!]' }], { named: true });
    add(`${verb}Who`, 'Citizen', [{ name: 'who', type: 'Who' }], { named: true });
    add(`${verb}All`, '[Citizen]', [{ name: 'limit', type: 'Int', default: '3' }], { led: true });
  }

  #field(name: string, type: string, department: string): Field {
    return {
      name,
      type,
      arguments: [],
      departments: new Map([[department, this.#guard(0.6)]]),
      requires: [],
      public: true,
    };
  }

  #guard(probability: number): Guard {
    const scopes = [[this.#random.pick(['basic', 'health', 'health:read'])]];
    return this.#random.chance(probability) ? { scopes } : {};
  }
}

const interfaceIn = (department: string, name: string, field: Field, members: readonly string[]): AbstractModel => ({
  kind: 'interface',
  name,
  fields: [field],
  interfaces: [],
  members: new Map([[department, members]]),
});
