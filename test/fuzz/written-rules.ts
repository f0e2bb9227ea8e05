import {
  type ConstDirectiveNode,
  type ConstValueNode,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isInterfaceType,
  isObjectType,
  Kind,
  parse,
} from 'graphql';

/** A caller, as the oracle sees one. */
export interface Caller {
  readonly authenticated: boolean;
  readonly scopes: readonly string[];
  /** Whose own record `Query.me` is. */
  readonly citizen?: string;
  readonly purpose?: string;
}

/** The fields from the root to somewhere: on which type, which, returning which. */
export type Way = readonly { readonly from: string; readonly field: string; readonly to: string }[];

/** @param home whether it is asked of the caller's own record */
type Requirement = (caller: Caller, home: boolean) => boolean;

/**
 * The rules as the departments wrote them, read for the oracle alone. It shares nothing with the product: nothing is
 * merged or brought into a normal form, every guard stays a question of its own, and a coordinate is permitted when each
 * guard that any department put near it says yes (AUTHORIZATION §1).
 */
export class WrittenRules {
  readonly #schema: GraphQLSchema;
  readonly #closed: boolean;
  readonly #guards = new Map<string, Requirement[]>();
  readonly #public = new Set<string>();

  /** @param monolith the types of all departments, without directives */
  constructor(departments: Iterable<string>, monolith: GraphQLSchema, unguarded: 'allow' | 'refuse') {
    this.#schema = monolith;
    this.#closed = unguarded === 'refuse';
    for (const sdl of departments) this.#read(sdl);
  }

  /** Whether the caller may have a field selected on a position of the static type `typeName`. */
  permits(caller: Caller, typeName: string, fieldName: string, home: boolean): boolean {
    const type = this.#schema.getType(typeName);
    if (fieldName === '__typename') return !isObjectType(type) || this.#met(caller, typeName, home);
    if (isAbstractType(type)) {
      return this.#schema.getPossibleTypes(type).every(({ name }) => this.permits(caller, name, fieldName, home));
    }
    const places = [`${typeName}.${fieldName}`, typeName, this.#returned(typeName, fieldName)];
    const guarded = places.some((place) => this.#guards.has(place));
    if (this.#closed && !guarded && !this.#public.has(`${typeName}.${fieldName}`)) return false;
    return places.every((place) => this.#met(caller, place, home));
  }

  /**
   * Whether anything stands in front of a field of an object type: a guard near it, or that it is closed to everybody.
   *
   * @param returned the type that it returns, where callers do not see the field
   */
  guards(typeName: string, fieldName: string, returned?: string): boolean {
    if (fieldName === '__typename') return this.#guards.has(typeName);
    const coordinate = `${typeName}.${fieldName}`;
    const places = [coordinate, typeName, returned ?? this.#returned(typeName, fieldName)];
    return places.some((place) => this.#guards.has(place)) || (this.#closed && !this.#public.has(coordinate));
  }

  /** Whether the caller may enter a fragment on this type. */
  enters(caller: Caller, typeName: string, home: boolean): boolean {
    return !isObjectType(this.#schema.getType(typeName)) || this.#met(caller, typeName, home);
  }

  /**
   * Whether whoever went this way, field by field, stands on the caller's own record: of all the people on it, the last one
   * met is the one that `Query.me` returned.
   */
  atHome(way: Way): boolean {
    const people = way.filter(({ to }) => this.#mayBeSomebody(to));
    const last = people.at(-1);
    return last !== undefined && last.from === 'Query' && last.field === 'me';
  }

  #mayBeSomebody(typeName: string): boolean {
    const type = this.#schema.getType(typeName);
    if (isAbstractType(type)) return this.#schema.getPossibleTypes(type).some(({ name }) => name === 'Citizen');
    return ['Citizen', 'CitizenEdge', 'CitizenConnection'].includes(typeName);
  }

  #met(caller: Caller, place: string, home: boolean): boolean {
    return (this.#guards.get(place) ?? []).every((requirement) => requirement(caller, home));
  }

  #returned(typeName: string, fieldName: string): string {
    const type = this.#schema.getType(typeName);
    const field = isObjectType(type) || isInterfaceType(type) ? type.getFields()[fieldName] : undefined;
    if (!field) throw new TypeError(`no field ${typeName}.${fieldName}`);
    return getNamedType(field.type).name;
  }

  #read(sdl: string): void {
    const names = namesIn(sdl);
    const note = (place: string, directives: readonly ConstDirectiveNode[] | undefined) => {
      for (const directive of directives ?? []) {
        const meaning = names.get(directive.name.value);
        const requirement = meaning === undefined ? undefined : requirementOf(meaning, directive);
        if (requirement) this.#guards.set(place, [...(this.#guards.get(place) ?? []), requirement]);
        if (directive.name.value === 'tag' && argumentOf(directive, 'name') === 'public') this.#public.add(place);
      }
    };
    for (const node of parse(sdl).definitions) {
      if (node.kind === Kind.SCALAR_TYPE_DEFINITION || node.kind === Kind.ENUM_TYPE_DEFINITION) {
        note(node.name.value, node.directives);
      } else if (node.kind === Kind.OBJECT_TYPE_DEFINITION) {
        note(node.name.value, node.directives);
        for (const field of node.fields ?? []) note(`${node.name.value}.${field.name.value}`, field.directives);
      }
    }
  }
}

const MEANINGS = ['authenticated', 'requiresScopes', 'policy'];

/** How this department writes the three directives, taken from the text of its link. */
const namesIn = (sdl: string): Map<string, string> => {
  const names = new Map(MEANINGS.map((meaning) => [`federation__${meaning}`, meaning]));
  for (const meaning of MEANINGS) {
    const renamed = new RegExp(`name: "@${meaning}", as: "@(\\w+)"`).exec(sdl)?.[1];
    if (renamed !== undefined) names.set(renamed, meaning);
    else if (sdl.includes(`"@${meaning}"`)) names.set(meaning, meaning);
  }
  return names;
};

const requirementOf = (meaning: string, directive: ConstDirectiveNode): Requirement => {
  if (meaning === 'authenticated') return ({ authenticated }) => authenticated;
  const sets = argumentOf(directive, meaning === 'policy' ? 'policies' : 'scopes') as string[][];
  return (caller, home) => {
    const held = meaning === 'policy' ? [`purpose:${caller.purpose}`] : counted(caller, home);
    return sets.some((all) => all.every((name) => held.includes(name)));
  };
};

/** Citizens have self scopes, and those at home; all others have all others. */
const counted = ({ scopes, citizen }: Caller, home: boolean): readonly string[] => {
  if (citizen === undefined) return scopes.filter((scope) => !SELF.test(scope));
  return home ? scopes.filter((scope) => SELF.test(scope)) : [];
};

const SELF = /^\w+:self:\w+$/;

const argumentOf = (directive: ConstDirectiveNode, name: string): unknown => {
  const plain = (value: ConstValueNode | undefined): unknown => {
    if (value?.kind === Kind.LIST) return value.values.map(plain);
    return value?.kind === Kind.STRING ? value.value : undefined;
  };
  return plain(directive.arguments?.find((argument) => argument.name.value === name)?.value);
};
