import { type Concerns, WAYS } from './concerns.ts';
import type { Field, Guard, Model, ObjectModel } from './model.ts';

/** What one department publishes, and what a monolith over the same data would. */
export interface WrittenModel {
  readonly departments: ReadonlyMap<string, string>;
  readonly monolith: string;
}

/** Writes a model as SDL: every department with the federation's directives, and the monolith without any. */
export const writeModel = (model: Model): WrittenModel => ({
  departments: new Map(model.departments.map((name) => [name, departmentSdl(model, name)])),
  monolith: monolithSdl(model),
});

const LEVELS = 'LOW HIGH';

const departmentSdl = (model: Model, department: string): string => {
  const directives = new Directives(model.vocabulary, model.concerns ? ['@composeDirective'] : []);
  const body: string[] = [];
  const write = (object: ObjectModel) => {
    const keys = object.departments.get(department) ?? [];
    const shared = object.kind === 'value' && object.departments.size > 1;
    const inputs = new Set(
      object.fields.filter(({ departments }) => departments.has(department)).flatMap((f) => f.requires),
    );
    const lines = object.fields.flatMap((field) => {
      const guard = field.departments.get(department);
      if (guard) {
        const isKey = field.name === 'id' || field.name === 'code';
        const extra = [
          ...(field.requires.length > 0 ? [`@requires(fields: "${field.requires.join(' ')}")`] : []),
          ...(field.departments.size > 1 && !field.overriddenBy && !isKey && !shared ? ['@shareable'] : []),
          ...(field.overriddenBy === department ? [`@override(from: "${overridden(field)}")`] : []),
          ...(field.inaccessible ? ['@inaccessible'] : []),
          ...(field.public ? ['@tag(name: "public")'] : []),
        ];
        const whose = whoseField(model.concerns, object, field);
        return [`${signature(field)} ${extra.join(' ')} ${directives.of(guard)} ${whose}`];
      }
      return inputs.has(field.name) ? [`${signature(field)} @external`] : [];
    });
    const interfaces = object.interfaces.filter((name) =>
      model.abstracts.some((each) => each.name === name && each.members.get(department)?.includes(object.name)),
    );
    const head = [
      `type ${object.name}`,
      ...(interfaces.length > 0 ? [`implements ${interfaces.join(' & ')}`] : []),
      ...keys.map((key) => `@key(fields: "${key}")`),
      ...(shared ? ['@shareable'] : []),
      directives.of(object.guards.get(department) ?? {}),
      whoseType(model.concerns, object, department),
    ];
    if (lines.length > 0) body.push(`${head.join(' ')} {\n  ${lines.join('\n  ')}\n}`);
  };
  for (const object of model.objects) {
    if (object.departments.has(department)) write(object);
    else if (object.kind === 'entity') body.push(`type ${object.name} @key(fields: "id") { id: ID! }`);
  }
  for (const each of model.abstracts) {
    const members = each.members.get(department);
    if (members) body.push(abstractSdl(each, members));
  }
  for (const leaf of model.leaves) {
    body.push(`${leaf.kind} ${leaf.name} ${directives.of(leaf.guard)}${leaf.kind === 'enum' ? ` { ${LEVELS} }` : ''}`);
  }
  return [directives.link, ...(model.concerns ? [SUBJECTS] : []), ...body, model.inputs ?? ''].join('\n');
};

const monolithSdl = (model: Model): string =>
  [
    ...model.objects.map((object) => {
      const interfaces = object.interfaces.length > 0 ? ` implements ${object.interfaces.join(' & ')}` : '';
      return `type ${object.name}${interfaces} {\n  ${object.fields
        .filter((field) => !field.inaccessible)
        .map(signature)
        .join('\n  ')}\n}`;
    }),
    ...model.abstracts.map((each) => abstractSdl(each, [...new Set([...each.members.values()].flat())])),
    model.inputs ?? '',
    ...model.leaves.map((leaf) => (leaf.kind === 'enum' ? `enum ${leaf.name} { ${LEVELS} }` : `scalar ${leaf.name}`)),
  ].join('\n');

const abstractSdl = (
  { kind, name, fields, interfaces }: Model['abstracts'][number],
  members: readonly string[],
): string => {
  if (kind === 'union') return `union ${name} = ${members.join(' | ')}`;
  const above = interfaces.length > 0 ? ` implements ${interfaces.join(' & ')}` : '';
  return `interface ${name}${above} {\n  ${fields.map(signature).join('\n  ')}\n}`;
};

const overridden = ({ departments, overriddenBy }: Field): string =>
  [...departments.keys()].find((name) => name !== overriddenBy) ?? '';

const signature = (field: Field): string => {
  const given = field.arguments.map((each) => `${each.name}: ${each.type}${each.default ? ` = ${each.default}` : ''}`);
  return `${field.name}${given.length > 0 ? `(${given.join(', ')})` : ''}: ${field.type}`;
};

const SUBJECTS = `extend schema
  @link(url: "https://specs.lienthong.example/dataSubject/v0.1", import: ["@dataSubject"])
  @composeDirective(name: "@dataSubject")
directive @dataSubject(enclosing: Boolean, path: String, argument: String, none: String) repeatable on OBJECT | FIELD_DEFINITION`;

const subject = (name: string, value: string | true): string => `@dataSubject(${name}: ${JSON.stringify(value)})`;

/** What a department says of whose the objects of a type are: the one that has the way to them. */
const whoseType = (concerns: Concerns | undefined, object: ObjectModel, department: string): string => {
  const concern = concerns?.types.get(object.name);
  if (!concern) return '';
  const { own, around } = concern;
  const enclosing = around ? subject('enclosing', true) : '';
  if (own === undefined) return enclosing;
  if (own === 'nobody') return subject('none', 'invented');
  const way = WAYS[own];
  const first = object.fields.find(({ name }) => name === way.split('.')[0]);
  return first?.departments.has(department) ? `${enclosing} ${subject('path', way)}` : enclosing;
};

const whoseField = (concerns: Concerns | undefined, object: ObjectModel, field: Field): string => {
  const concern = concerns?.fields.get(`${object.name}.${field.name}`);
  if (!concern) return '';
  const ways = field.arguments.flatMap(({ name, type }) => {
    if (type === 'Who') return ['id', 'number', 'others'].map((member) => `${name}.${member}`);
    return name === 'number' || name === 'ids' ? [name] : [];
  });
  const all = [
    ...(concern.named ? ways.map((way) => subject('argument', way)) : []),
    ...(concern.led ? [subject('path', 'id')] : []),
    ...(concern.around ? [subject('enclosing', true)] : []),
  ];
  return all.length > 0 ? all.join(' ') : subject('none', 'invented');
};

const GUARDS = ['authenticated', 'requiresScopes', 'policy'] as const;
const RENAMES = { authenticated: 'daBiet', requiresScopes: 'phamVi', policy: 'chinhSach' } as const;

/** How the directives are written in one vocabulary. */
class Directives {
  readonly #vocabulary: Model['vocabulary'];

  readonly #others: readonly string[];

  /** @param others directives that are imported besides */
  constructor(vocabulary: Model['vocabulary'], others: readonly string[]) {
    this.#vocabulary = vocabulary;
    this.#others = others;
  }

  get link(): string {
    const plain = ['@key', '@shareable', '@external', '@requires', '@override', '@inaccessible', '@tag'];
    const imports = [...plain, ...this.#others].map((name) => `"${name}"`);
    if (this.#vocabulary === 'plain') imports.push(...GUARDS.map((name) => `"@${name}"`));
    if (this.#vocabulary === 'renamed') {
      imports.push(...GUARDS.map((name) => `{ name: "@${name}", as: "@${this.#name(name)}" }`));
    }
    return `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: [${imports.join(', ')}])`;
  }

  of({ authenticated, scopes, policies }: Guard): string {
    return [
      ...(authenticated ? [`@${this.#name('authenticated')}`] : []),
      ...(scopes ? [`@${this.#name('requiresScopes')}(scopes: ${JSON.stringify(scopes)})`] : []),
      ...(policies ? [`@${this.#name('policy')}(policies: ${JSON.stringify(policies)})`] : []),
    ].join(' ');
  }

  #name(guard: (typeof GUARDS)[number]): string {
    if (this.#vocabulary === 'renamed') return RENAMES[guard];
    return this.#vocabulary === 'namespaced' ? `federation__${guard}` : guard;
  }
}
