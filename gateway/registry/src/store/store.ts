import { isDeepStrictEqual } from 'node:util';
import { openDatabase } from '@lienthong/kit/database';
import { type Catalogue, loadCatalogue } from '@lienthong/schema/catalogue';
import type { Kysely, Transaction } from 'kysely';
import { documentOf, type PartnerDocument, withoutSecret } from '../document/write.ts';
import { parseRegistry } from '../file.ts';
import type { Partner, PartnerStatus } from '../partner.ts';
import { documentHash, type PersistedDocument } from '../persisted-document.ts';
import { migrateRegistry } from './migrate.ts';
import { refusals } from './refusal.ts';
import { type PartnerRow, partnerOf } from './row.ts';
import type { Change, Tables } from './tables.ts';

/** Who changes, why, and on the ground of which state. */
export interface Author {
  readonly actor: string;
  readonly reason?: string;
  /** The partner's revision that the author has seen; a later one refuses the change. */
  readonly expected?: number;
}

/** One partner as it is kept. */
export interface StoredPartner extends PartnerRow {
  readonly revision: number;
  /** Undefined where the registration cannot be read any more: it admits nobody until it is updated. */
  readonly partner: Partner | undefined;
}

/** One change, for ever. The documents hold no secret. */
export interface PartnerEvent {
  readonly sequence: number;
  readonly at: Date;
  readonly actor: string;
  /** The role by which the database knew the author. */
  readonly sessionRole: string;
  readonly client: string;
  readonly change: Change;
  readonly reason: string | null;
  readonly before: PartnerDocument | null;
  readonly after: PartnerDocument;
}

export interface StoreOptions {
  readonly catalogue?: Catalogue;
  /** `production` admits no shared secret. Default: `development`. */
  readonly environment?: 'development' | 'production';
  readonly now?: () => number;
}

/** How a partner is to prove who it is, as it would stand under `authentication` of a registration; judged here. */
export type Proof = Readonly<Record<string, unknown>>;

/** A persisted document as it is handed in; its hash follows. */
export type NewDocument = Pick<PersistedDocument, 'name' | 'body'> & { readonly purpose: string };

interface NewState {
  readonly change: Change;
  readonly status: PartnerStatus;
  readonly document: PartnerDocument;
}

/**
 * The partner registry in PostgreSQL. Each change is one transaction together with its event; the law is checked when a
 * registration is written and again when it is read.
 */
export class RegistryStore {
  readonly #db: Kysely<Tables>;
  readonly #catalogue: Catalogue;
  readonly #environment: 'development' | 'production';
  readonly #now: () => number;

  private constructor(db: Kysely<Tables>, options: StoreOptions) {
    this.#db = db;
    this.#catalogue = options.catalogue ?? loadCatalogue();
    this.#environment = options.environment ?? 'development';
    this.#now = options.now ?? Date.now;
  }

  /** Opens the database and makes its tables where they are missing. */
  static async open(url: string, options: StoreOptions = {}): Promise<RegistryStore> {
    const { db, pool } = openDatabase<Tables>({ url, log: { warn: () => undefined }, connections: 2 });
    try {
      await migrateRegistry(pool);
      return new RegistryStore(db, options);
    } catch (error) {
      await db.destroy();
      throw error;
    }
  }

  close(): Promise<void> {
    return this.#db.destroy();
  }

  /**
   * Admits the partners of a registry text (`partners: {…}`), all or none.
   *
   * @throws RegistryError where the text is at fault, RegistryRefusal where a client id is taken
   */
  async add(text: string, source: string, author: Author, env: NodeJS.ProcessEnv = {}): Promise<readonly Partner[]> {
    const partners = this.#judge(text, source, env);
    return this.#change(async (transaction) => {
      for (const partner of partners) {
        const { client, status } = partner;
        if ((await this.#row(transaction, client)) !== undefined) throw refusals.taken(client);
        await this.#record(
          transaction,
          client,
          undefined,
          { change: 'add', status, document: documentOf(partner) },
          author,
        );
      }
      return partners;
    });
  }

  /** Replaces registrations by those of a registry text, all or none; status stays. Answers those that differed. */
  async update(text: string, source: string, author: Author, env: NodeJS.ProcessEnv = {}): Promise<readonly Partner[]> {
    const partners = this.#judge(text, source, env);
    return this.#change(async (transaction) => {
      const changed: Partner[] = [];
      for (const partner of partners) {
        const { client } = partner;
        const row = await this.#present(transaction, client, author);
        const document = documentOf(partner);
        if (isDeepStrictEqual(row.document, JSON.parse(JSON.stringify(document)))) continue;
        await this.#record(transaction, client, row, { change: 'update', status: row.status, document }, author);
        changed.push({ ...partner, status: row.status });
      }
      if (changed.length > 0) return changed;
      const clients = partners.map(({ client }) => client).join(', ');
      throw refusals.nothing(clients, 'đã đúng như vậy', 'registered like that already');
    });
  }

  /**
   * Replaces how the partner proves who it is. `keep`: the present keys (or certificates) stay beside the new ones, for
   * a rotation without a gap, which a second rotation without `keep` ends.
   */
  rotate(client: string, authentication: Proof, author: Author, keep = false): Promise<Partner> {
    return this.#changeMembers(client, 'rotate', author, (document) => ({
      authentication: keep ? joined(document.authentication, authentication) : authentication,
    }));
  }

  /**
   * Registers a persisted document of one partner, for one of its purposes.
   *
   * @returns its hash
   * @throws RegistryError where the text or its purpose is at fault
   */
  async addDocument(client: string, written: NewDocument, author: Author): Promise<string> {
    const hash = documentHash(written.body);
    await this.#changeDocuments(client, 'document-add', author, (present) => {
      if (present.some((each) => each.hash === hash && each.purpose === written.purpose)) {
        const { purpose } = written;
        throw refusals.nothing(client, `đã đăng ký ${hash} cho ${purpose}`, `has ${hash} for ${purpose} already`);
      }
      const { name, purpose, body } = written;
      return [...present, { ...(name === undefined ? {} : { name }), purpose, hash, body }];
    });
    return hash;
  }

  /** Withdraws a persisted document; without a purpose, for all of them. */
  async removeDocument(client: string, hash: string, author: Author, purpose?: string): Promise<void> {
    await this.#changeDocuments(client, 'document-remove', author, (present) => {
      const left = present.filter((each) => each.hash !== hash || (purpose !== undefined && each.purpose !== purpose));
      if (left.length === present.length) throw refusals.noDocument(client, hash);
      return left;
    });
  }

  suspend(client: string, author: Author): Promise<void> {
    return this.#changeStatus(client, 'suspend', 'suspended', author);
  }

  resume(client: string, author: Author): Promise<void> {
    return this.#changeStatus(client, 'resume', 'active', author);
  }

  /** For good; the registration and its history stay readable. */
  remove(client: string, author: Author): Promise<void> {
    return this.#changeStatus(client, 'remove', 'removed', author);
  }

  async show(client: string): Promise<StoredPartner | undefined> {
    const row = await this.#row(this.#db, client);
    return row && this.#stored(row);
  }

  /** In the order of admission, those removed too. */
  async list(): Promise<readonly StoredPartner[]> {
    const rows = await this.#db.selectFrom('partners').selectAll().orderBy('admitted').execute();
    return rows.map((row) => this.#stored(row));
  }

  /** From the first change to the last, of one partner or of all. */
  async history(client?: string): Promise<readonly PartnerEvent[]> {
    const all = this.#db.selectFrom('partner_events').selectAll().orderBy('sequence');
    const events = await (client === undefined ? all : all.where('client', '=', client)).execute();
    return events.map(({ session_role: sessionRole, ...event }) => ({ ...event, sessionRole }));
  }

  #judge(text: string, source: string, env: NodeJS.ProcessEnv): readonly Partner[] {
    return parseRegistry(text, source, {
      env,
      catalogue: this.#catalogue,
      environment: this.#environment,
      admittedAt: this.#now(),
    });
  }

  #stored(row: PartnerRow & { readonly revision: number }): StoredPartner {
    const { client, status, document, revision } = row;
    try {
      return { client, status, document, revision, partner: partnerOf(row, { catalogue: this.#catalogue }) };
    } catch {
      return { client, status, document, revision, partner: undefined };
    }
  }

  #changeStatus(client: string, change: Change, status: PartnerStatus, author: Author): Promise<void> {
    return this.#change(async (transaction) => {
      const row = await this.#present(transaction, client, author);
      if (row.status === status) throw refusals.nothing(client, `đang ở trạng thái ${status}`, `is ${status} already`);
      await this.#record(transaction, client, row, { change, status, document: row.document }, author);
    });
  }

  #changeDocuments(
    client: string,
    change: Change,
    author: Author,
    next: (present: readonly PersistedDocument[]) => readonly PersistedDocument[],
  ): Promise<Partner> {
    return this.#changeMembers(client, change, author, ({ documents }) => ({
      // Written by `documentOf`, and judged again with what is added.
      documents: next(Array.isArray(documents) ? documents : []),
    }));
  }

  /** Replaces members of a registration, which is judged as a whole again; that it has expired is no fault of theirs. */
  #changeMembers(
    client: string,
    change: Change,
    author: Author,
    members: (document: PartnerDocument) => PartnerDocument,
  ): Promise<Partner> {
    return this.#change(async (transaction) => {
      const row = await this.#present(transaction, client, author);
      const text = JSON.stringify({ partners: { [client]: { ...row.document, ...members(row.document) } } });
      const [partner] = this.#judge(text, 'registry', {});
      if (partner === undefined) throw refusals.unknown(client);
      const document = documentOf(partner);
      await this.#record(transaction, client, row, { change, status: row.status, document }, author);
      return { ...partner, status: row.status };
    });
  }

  /** A transaction that no other change of the registry runs beside. */
  #change<T>(act: (transaction: Transaction<Tables>) => Promise<T>): Promise<T> {
    return this.#db.transaction().execute(async (transaction) => {
      await transaction.selectFrom('registry').select('revision').forUpdate().executeTakeFirstOrThrow();
      return act(transaction);
    });
  }

  async #present(transaction: Transaction<Tables>, client: string, { expected }: Author) {
    const row = await this.#row(transaction, client);
    if (row === undefined) throw refusals.unknown(client);
    if (row.status === 'removed') throw refusals.removed(client);
    if (expected !== undefined && expected !== row.revision) throw refusals.changed(client, row.revision);
    return row;
  }

  #row(db: Kysely<Tables>, client: string) {
    return db.selectFrom('partners').selectAll().where('client', '=', client).executeTakeFirst();
  }

  async #record(
    transaction: Transaction<Tables>,
    client: string,
    before: PartnerRow | undefined,
    { change, status, document }: NewState,
    { actor, reason }: Author,
  ): Promise<void> {
    const { revision } = await transaction
      .updateTable('registry')
      .set(({ eb }) => ({ revision: eb('revision', '+', 1) }))
      .returning('revision')
      .executeTakeFirstOrThrow();
    await transaction
      .insertInto('partner_events')
      .values({
        sequence: revision,
        actor,
        client,
        change,
        reason: reason ?? null,
        before: before === undefined ? null : forRecord(before.status, before.document),
        after: forRecord(status, document),
      })
      .execute();
    const written = JSON.stringify(document);
    await (before === undefined
      ? transaction
          .insertInto('partners')
          .values({ client, status, document: written, admitted: revision, revision })
          .execute()
      : transaction
          .updateTable('partners')
          .set({ status, document: written, revision })
          .where('client', '=', client)
          .execute());
  }
}

const forRecord = (status: PartnerStatus, document: PartnerDocument): string =>
  JSON.stringify({ status, ...withoutSecret(document) });

/** The new proof beside the present one; of another method, there is nothing to keep. */
function joined(present: unknown, next: Proof): Proof {
  const earlier: Record<string, unknown> = Object(present);
  if (earlier.method !== next.method) return next;
  const both = (name: string) => (Array.isArray(next[name]) ? { [name]: [next[name], earlier[name]].flat() } : {});
  return { ...next, ...both('keys'), ...both('certificates') };
}
