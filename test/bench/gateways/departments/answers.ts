import {
  type DocumentNode,
  execute,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  parse,
  print,
} from 'graphql';

import type { Resolvers } from './resolvers.ts';

interface Asked {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
}

interface Representation {
  readonly __typename: string;
  readonly id: string;
}

/** Characters of request bodies and answers kept; then all is forgotten and kept anew. */
const MAX_KEPT = 256 * 1024 * 1024;

/**
 * What one department answers. A body seen before costs a look-up; a new combination of known entities is put together
 * from their texts; only what is new is executed. So the departments weigh next to nothing under load.
 */
export class Answers {
  readonly #schema: GraphQLSchema;
  readonly #resolvers: Resolvers;
  readonly #bodies = new Map<string, Buffer>();
  readonly #documents = new Map<string, DocumentNode>();
  readonly #entities = new Map<string, Map<string, string>>();
  #kept = 0;

  constructor(schema: GraphQLSchema, resolvers: Resolvers) {
    this.#schema = schema;
    this.#resolvers = resolvers;
  }

  answer(body: Buffer): Buffer {
    // One byte a character: only a key, and cheaper to make than text.
    const key = body.toString('latin1');
    const known = this.#bodies.get(key);
    if (known) return known;
    const answer = Buffer.from(this.#compose(JSON.parse(body.toString())));
    this.#keep(key.length + answer.length);
    this.#bodies.set(key, answer);
    return answer;
  }

  #compose(asked: Asked): string {
    const { query, variables = {} } = asked;
    const document = this.#documents.get(query) ?? parse(query);
    this.#documents.set(query, document);
    const lists = entityLists(document);
    if (!lists) return JSON.stringify(this.#execute(document, variables));
    const others = { ...variables };
    for (const { variable } of lists) delete others[variable];
    const composed = lists.map((list) => {
      const representations = variables[list.variable] as readonly Representation[];
      return `${JSON.stringify(list.alias)}:[${this.#entityTexts(list, representations, others)}]`;
    });
    return `{"data":{${composed.join(',')}}}`;
  }

  #entityTexts(list: EntityList, representations: readonly Representation[], others: object): string {
    const name = `${list.text} ${JSON.stringify(others)}`;
    const texts = this.#entities.get(name) ?? new Map<string, string>();
    this.#entities.set(name, texts);
    const keys = representations.map((each) => JSON.stringify(each));
    const missing = new Map(keys.flatMap((key, n) => (texts.has(key) ? [] : [[key, representations[n]]])));
    if (missing.size > 0) {
      const { data } = this.#execute(list.document, { ...others, [list.variable]: [...missing.values()] });
      const entities = data[list.alias] as readonly unknown[];
      [...missing.keys()].forEach((key, n) => {
        const text = JSON.stringify(entities[n]);
        this.#keep(key.length + text.length);
        texts.set(key, text);
      });
    }
    return keys.map((key) => texts.get(key)).join(',');
  }

  #execute(document: DocumentNode, variables: object): { readonly data: Readonly<Record<string, unknown>> } {
    const { root, entities } = this.#resolvers;
    const found = execute({
      schema: this.#schema,
      document,
      variableValues: { ...variables },
      rootValue: {
        ...root,
        _entities: (asked: { readonly representations: readonly Representation[] }) =>
          asked.representations.map(({ __typename, id }) => entities[__typename]?.(id)),
      },
    });
    if (found instanceof Promise) throw new TypeError('the departments of the benchmark answer at once');
    // Made-up data has no errors: one would be a fault of the rig, and every figure after it worthless.
    if (found.errors || !found.data) throw new Error(`${found.errors?.[0]?.message}`);
    return { data: found.data };
  }

  #keep(characters: number): void {
    this.#kept += characters;
    if (this.#kept < MAX_KEPT) return;
    this.#bodies.clear();
    this.#documents.clear();
    this.#entities.clear();
    this.#kept = 0;
  }
}

/** One list of entities that an operation asks for. */
interface EntityList {
  readonly alias: string;
  readonly variable: string;
  /** What is asked of each. */
  readonly text: string;
  /** The operation with this list alone. */
  readonly document: DocumentNode;
}

const known = new WeakMap<DocumentNode, readonly EntityList[] | undefined>();

/** The lists of entities that an operation asks for; undefined where it asks for something else too. */
const entityLists = (document: DocumentNode): readonly EntityList[] | undefined => {
  if (!known.has(document)) known.set(document, findEntityLists(document));
  return known.get(document);
};

const findEntityLists = (document: DocumentNode): readonly EntityList[] | undefined => {
  const operation = document.definitions.find(
    (definition): definition is OperationDefinitionNode => definition.kind === Kind.OPERATION_DEFINITION,
  );
  const fields = operation?.selectionSet.selections ?? [];
  // Some gateways write what they ask of entities as named fragments.
  const fragments = document.definitions.filter((definition) => definition !== operation);
  const written = fragments.map((fragment) => print(fragment)).join(' ');
  const lists = fields.flatMap((field): EntityList[] => {
    if (!operation || field.kind !== Kind.FIELD || field.name.value !== '_entities' || !field.selectionSet) return [];
    const argument = field.arguments?.[0]?.value;
    if (argument?.kind !== Kind.VARIABLE) return [];
    const variable = argument.name.value;
    const alone = {
      ...operation,
      selectionSet: { ...operation.selectionSet, selections: [field] },
      variableDefinitions: operation.variableDefinitions?.filter(
        ({ variable: { name }, type }) => name.value === variable || !print(type).includes('_Any'),
      ),
    };
    const text = `${print(field.selectionSet)} ${written}`;
    const alias = field.alias?.value ?? '_entities';
    return [{ alias, variable, text, document: { ...document, definitions: [alone, ...fragments] } as DocumentNode }];
  });
  return lists.length === fields.length && lists.length > 0 ? lists : undefined;
};
