import { setTimeout as wait } from 'node:timers/promises';
import { openDatabase } from '@lienthong/kit/database';
import { loadCatalogue } from '@lienthong/schema/catalogue';
import type { Partner } from '../partner.ts';
import { RegistryError } from '../problem.ts';
import { partnerOf } from '../store/row.ts';
import type { Tables } from '../store/tables.ts';
import type { OpenRegistryOptions, RegistryReader } from './reader.ts';
import { repeat } from './repeat.ts';
import { Snapshot } from './snapshot.ts';

/** A refused password or a missing database will not mend itself in seconds; anything else is waited for. */
const hopeless = /^(28|3D000)/;

/**
 * A registry in PostgreSQL. Only the rows that changed since the last revision are read; changes come one after the
 * other (the store's lock), so no revision becomes visible behind a later one.
 *
 * @throws RegistryError where it does not answer within `patience`
 */
export async function openDatabaseReader(
  url: string,
  {
    interval = 500,
    patience = 30_000,
    onProblem = () => undefined,
    catalogue = loadCatalogue(),
    environment = 'development',
  }: OpenRegistryOptions,
): Promise<RegistryReader> {
  // A lost connection shows in the next question, which reports it.
  const { db, close } = openDatabase<Tables>({ url, log: { warn: () => undefined }, connections: 1 });
  const snapshot = new Snapshot();
  const entries = new Map<string, { readonly admitted: number; readonly partner: Partner | undefined }>();
  let known = -1;

  const look = async (): Promise<readonly RegistryError[]> => {
    const asked = Date.now();
    const { revision } = await db.selectFrom('registry').select('revision').executeTakeFirstOrThrow();
    const problems = revision === known ? [] : await load(revision);
    snapshot.readAt(asked);
    return problems;
  };

  const load = async (revision: number): Promise<readonly RegistryError[]> => {
    // Lower than before: another state was restored, of which nothing is known yet.
    if (revision < known) {
      entries.clear();
      known = -1;
    }
    const rows = await db.selectFrom('partners').selectAll().where('revision', '>', known).execute();
    const problems: RegistryError[] = [];
    for (const row of rows) {
      known = Math.max(known, row.revision);
      entries.set(row.client, { admitted: row.admitted, partner: read(row, problems) });
    }
    known = Math.max(known, revision);
    const listed = [...entries.values()].sort((one, other) => one.admitted - other.admitted);
    snapshot.take(
      listed.flatMap(({ partner }) => (partner === undefined ? [] : [partner])),
      known,
    );
    return problems;
  };

  const read = (row: Parameters<typeof partnerOf>[0], problems: RegistryError[]): Partner | undefined => {
    try {
      return partnerOf(row, { catalogue, environment });
    } catch (error) {
      if (!(error instanceof RegistryError)) throw error;
      // Fails closed, and alone: one stale entry must not keep another's suspension from taking effect.
      problems.push(error);
      return undefined;
    }
  };

  try {
    for (const problem of await firstLook(look, patience)) {
      if (problem.code === 'UNSAFE_IN_PRODUCTION') throw problem;
      onProblem(problem);
    }
  } catch (error) {
    await close();
    throw error;
  }
  let reachable = true;
  const polling = repeat(async () => {
    try {
      for (const problem of await look()) onProblem(problem);
      reachable = true;
    } catch (error) {
      // Said once: it is the same news twice a second.
      if (reachable) onProblem(unavailable(error));
      reachable = false;
    }
  }, interval);
  const stop = async (): Promise<void> => {
    await polling.stop();
    await close();
  };
  return Object.assign(snapshot, { close: stop });
}

async function firstLook<T>(look: () => Promise<T>, patience: number): Promise<T> {
  for (const until = Date.now() + patience; ; ) {
    try {
      return await look();
    } catch (error) {
      if (Date.now() > until || hopeless.test(codeOf(error))) throw unavailable(error);
      await wait(200);
    }
  }
}

const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';

/** By code alone: a driver's message may hold the address with its password. */
const unavailable = (error: unknown): RegistryError => {
  const code = codeOf(error) || 'no code';
  const missing = code === '42P01';
  const vi = missing
    ? 'cơ sở dữ liệu chưa có bảng; tạo bằng: lienthong partner list --registry postgres://…'
    : `cơ sở dữ liệu không trả lời (${code}); kiểm tra địa chỉ, mật khẩu và máy chủ PostgreSQL`;
  const en = missing
    ? 'the database has no tables yet; make them with: lienthong partner list --registry postgres://…'
    : `the database does not answer (${code}); check address, password and the PostgreSQL server`;
  return new RegistryError('registry', [{ key: '(database)', messages: { vi, en } }], 'REGISTRY_UNAVAILABLE');
};
