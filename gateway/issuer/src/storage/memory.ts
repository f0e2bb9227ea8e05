import { hashOf } from './hash.ts';
import type { Store, StoredRecord } from './store.ts';

interface Kept {
  readonly record: StoredRecord;
  consumed?: number;
}

/** Milliseconds between two clearings of what has expired. */
const clearingInterval = 30_000;

/** A store for one process; nothing of it outlives the process. */
export function memoryStore(now: () => number = Date.now): Store {
  const records = new Map<string, Kept>();
  const spent = new Map<string, number>();
  const seconds = () => now() / 1_000;
  const clearing = setInterval(() => {
    for (const [key, { record }] of records) if (record.expires <= seconds()) records.delete(key);
    for (const [key, expires] of spent) if (expires <= seconds()) spent.delete(key);
  }, clearingInterval).unref();

  const live = (key: string): Kept | undefined => {
    const kept = records.get(key);
    return kept && kept.record.expires > seconds() ? kept : undefined;
  };
  const answer = ({ record, consumed }: Kept): Record<string, unknown> => ({
    ...structuredClone(record.payload),
    ...(consumed === undefined ? {} : { consumed }),
  });
  const found = (matches: (record: StoredRecord) => boolean): Kept[] =>
    [...records.values()].filter(({ record }) => record.expires > seconds() && matches(record));

  return {
    async put(record) {
      records.set(hashOf(record.model, record.id), { record: structuredClone(record) });
    },
    async get(model, id) {
      const kept = live(hashOf(model, id));
      return kept && answer(kept);
    },
    async getByUid(model, uid) {
      const [kept] = found((record) => record.model === model && record.uid === uid);
      return kept && answer(kept);
    },
    async ofGrant(model, grantId) {
      return found((record) => record.model === model && record.grantId === grantId).map(answer);
    },
    async consume(model, id) {
      const kept = live(hashOf(model, id));
      if (!kept || kept.consumed !== undefined) return false;
      kept.consumed = Math.floor(seconds());
      return true;
    },
    async delete(model, id) {
      records.delete(hashOf(model, id));
    },
    async deleteByGrant(model, grantId) {
      for (const [key, { record }] of records) {
        if (record.model === model && record.grantId === grantId) records.delete(key);
      }
    },
    async once(id, expires) {
      const key = hashOf(id);
      if ((spent.get(key) ?? 0) > seconds()) return false;
      spent.set(key, expires);
      return true;
    },
    async close() {
      clearInterval(clearing);
      records.clear();
      spent.clear();
    },
  };
}
