import type { FiledDocument, PersistedDocument } from '@lienthong/registry';
import type { GraphQLSchema } from 'graphql';
import type { Logger } from 'pino';

import type { GatewayConfig } from '../config/index.ts';
import type { RegisteredClients } from '../identity/registered.ts';
import type { Principal } from '../policy/principal.ts';
import { type Edition, readEdition } from './file.ts';
import { misfits } from './fit.ts';

/**
 * What a hash means to a caller. `unknown`: nothing that is for this client, whatever may be registered for others.
 * `otherPurpose`: its own, but its token is for something else.
 */
export type Found = Pick<PersistedDocument, 'hash' | 'name' | 'body'> | 'unknown' | 'otherPurpose';

/** What the pipeline asks of the documents. */
export interface DocumentLookup {
  /** Whether this caller may run registered operations only. */
  isBound(principal: Principal): boolean;
  find(hash: string, principal: Principal): Found;
}

export interface DocumentsParts {
  readonly config: GatewayConfig;
  readonly log: Logger;
  readonly registered: RegisteredClients | undefined;
}

/**
 * The operations registered beforehand: those of the configured file, and of each partner those of its registration. A text
 * that Apollo Server keeps for automatic persisted queries is none of them.
 */
export class PersistedDocuments implements DocumentLookup {
  readonly #parts: DocumentsParts;
  #edition: Edition | undefined;
  #byHash: ReadonlyMap<string, readonly FiledDocument[]> = new Map();
  #schema: GraphQLSchema;
  /** Those that were compared with the schema now served: what does not fit is told once. */
  #judged = new Set<string>();
  readonly #unwatch: () => void;

  private constructor(parts: DocumentsParts, schema: GraphQLSchema, edition: Edition | undefined) {
    this.#parts = parts;
    this.#schema = schema;
    this.serve(edition, schema);
    this.#unwatch = parts.registered?.onChange(() => this.#tellMisfits()) ?? (() => {});
  }

  /** @throws RegistryError where the configured file is at fault */
  static async open(parts: DocumentsParts, schema: GraphQLSchema): Promise<PersistedDocuments> {
    const file = parts.config.documents?.file;
    const edition = file === undefined ? undefined : await readEdition(file, schema, parts.config);
    return new PersistedDocuments(parts, schema, edition);
  }

  /**
   * What the configured file holds now, judged by the schema that it would be served with.
   *
   * @returns undefined where nothing has changed
   * @throws RegistryError
   */
  async read(schema: GraphQLSchema): Promise<Edition | undefined> {
    const { config } = this.#parts;
    const file = config.documents?.file;
    return file === undefined ? undefined : readEdition(file, schema, config, this.#edition);
  }

  /**
   * Serves with this schema from now on.
   *
   * @param edition undefined: the documents stay. Those that no longer fit stay registered; whoever asks for one is told
   *   what does not fit, as with any text.
   */
  serve(edition: Edition | undefined, schema: GraphQLSchema): void {
    if (schema !== this.#schema) this.#judged = new Set();
    this.#schema = schema;
    if (edition) {
      this.#edition = edition;
      this.#byHash = byHash(edition.documents);
      // It was refused whole if one did not fit.
      for (const document of edition.documents) this.#judged.add(keyOf(document));
    }
    this.#tellMisfits();
  }

  /** The texts of all documents. */
  get texts(): ReadonlySet<string> {
    const filed = this.#edition?.documents ?? [];
    const own = [...(this.#parts.registered?.partners ?? [])].flatMap(({ documents = [] }) => documents);
    return new Set([...filed, ...own].map(({ body }) => body));
  }

  isBound(principal: Principal): boolean {
    const { config, registered } = this.#parts;
    return config.documents?.only === true || registered?.partnerOf(principal)?.persistedDocumentsOnly === true;
  }

  find(hash: string, principal: Principal): Found {
    const own = this.#of(hash, principal);
    const [first] = own;
    if (!first) return 'unknown';
    const purpose = (principal.kind === 'authenticated' ? principal.purpose : undefined) ?? null;
    return own.some((document) => document.purpose === purpose) ? first : 'otherPurpose';
  }

  close(): void {
    this.#unwatch();
  }

  /** The documents of this hash that are for this client, whatever their purpose. */
  #of(hash: string, principal: Principal): readonly PersistedDocument[] {
    const { registered } = this.#parts;
    const partner = registered?.partnerOf(principal);
    // With a registry, ids in the file are those of the issuers that it speaks for: another's client may bear the same.
    const client = registered ? partner?.client : principal.kind === 'authenticated' ? principal.clientId : undefined;
    const filed = this.#byHash.get(hash) ?? [];
    return [
      ...(partner?.documents ?? []).filter((document) => document.hash === hash),
      ...filed.filter(({ clients }) => clients === undefined || (client !== undefined && clients.includes(client))),
    ];
  }

  #tellMisfits(): void {
    const { config, log, registered } = this.#parts;
    const judge = (document: PersistedDocument, where: { readonly client?: string }) => {
      const key = keyOf(document, where.client);
      if (this.#judged.has(key)) return;
      this.#judged.add(key);
      const { hash, name, purpose, body } = document;
      const problems = misfits(body, this.#schema, config.limits);
      if (problems.length === 0) return;
      log.warn({ failure: 'document', ...where, hash, name, purpose, problems }, 'a persisted document does not fit');
    };
    for (const document of this.#edition?.documents ?? []) judge(document, {});
    for (const { client, documents = [] } of registered?.partners ?? []) {
      for (const document of documents) judge(document, { client });
    }
  }
}

const keyOf = ({ hash, purpose }: PersistedDocument, client = ''): string => JSON.stringify([hash, purpose, client]);

const byHash = (documents: readonly FiledDocument[]): ReadonlyMap<string, readonly FiledDocument[]> => {
  const found = new Map<string, FiledDocument[]>();
  for (const document of documents) found.set(document.hash, [...(found.get(document.hash) ?? []), document]);
  return found;
};
