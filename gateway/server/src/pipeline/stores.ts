import type { DocumentNode } from 'graphql';

import { DocumentMemory } from '../operation/memory.ts';
import type { Part } from '../remembered/part.ts';
import type { Remembered } from '../remembered/remembered.ts';

/** What Apollo Server takes as a store. */
export interface Store<V> {
  get(key: string): Promise<V | undefined>;
  set(key: string, value: V): Promise<void>;
  delete(key: string): Promise<boolean>;
}

/** @param part asked for each time: a new supergraph begins with an empty one */
export const storeOf = <V>(part: () => Part<V>): Store<V> => ({
  get: async (key) => part().get(key),
  set: async (key, value) => part().set(key, value),
  delete: async (key) => part().delete(key),
});

/** Documents that were found valid, with all that hangs on them. Apollo Server would measure them by their JSON. */
export const documentsOf = (remembered: Remembered): Part<DocumentNode> =>
  remembered.part({ name: 'documents', weightOf: (document) => DocumentMemory.of(document).weight });

/** Bytes of an automatic persisted query besides its characters. */
const QUERY = 256;

/** Texts of automatic persisted queries, by their hash. */
export const queriesOf = (remembered: Remembered): Part<string> =>
  remembered.part({ name: 'queries', weightOf: ({ length }) => QUERY + length * 2 });
