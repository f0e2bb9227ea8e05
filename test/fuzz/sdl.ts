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
  const directives = new Directives(model.vocabulary);
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
        return [`${signature(field)} ${extra.join(' ')} ${directives.of(guard)}`];
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
  return `${directives.link}\n${body.join('\n')}\n`;
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

const GUARDS = ['authenticated', 'requiresScopes', 'policy'] as const;
const RENAMES = { authenticated: 'daBiet', requiresScopes: 'phamVi', policy: 'chinhSach' } as const;

/** How the directives are written in one vocabulary. */
class Directives {
  readonly #vocabulary: Model['vocabulary'];

  constructor(vocabulary: Model['vocabulary']) {
    this.#vocabulary = vocabulary;
  }

  get link(): string {
    const imports = ['@key', '@shareable', '@external', '@requires', '@override', '@inaccessible', '@tag'].map(
      (name) => `"${name}"`,
    );
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
