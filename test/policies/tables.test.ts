import { afterAll, describe, expect, test } from '@jest/globals';

import { changes, differences, headerFaults } from './compare.ts';
import { verdictOf } from './composed.ts';
import type { Case, Table } from './model.ts';
import { concernsFilter, Documents, playInProcess, playOverHttp, type Seen } from './play.ts';
import { readTables } from './read.ts';
import { Stages } from './stage.ts';

const tables = readTables();
const stages = new Stages();
const documents = new Documents();
afterAll(() => stages.close(), 30_000);

const rows = (of: (table: Table) => readonly Case[]) =>
  tables.flatMap((table) => of(table).map((play) => [`${table.rule} ${play.id}`, play] as const));

/** The first answer to each case, for the second to be compared with. */
const first = new Map<Case, Seen>();

describe('in process: what the pure function decides, and what follows from it', () => {
  test.each(rows(({ cases }) => cases.filter(concernsFilter)))('%s', async (_id, play) => {
    const stage = await stages.of(play);
    expect(differences(play, await playInProcess(play, stage, documents), stage)).toEqual([]);
  });
});

describe('over HTTP, first seen', () => {
  test.each(rows(({ cases }) => cases))('%s', async (_id, play) => {
    const stage = await stages.of(play);
    if (play.reload) {
      // What the old version remembers of the operation must not outlive it.
      await playOverHttp(play, stage);
      expect(await stage.reload(play.reload)).toBe(play.reload.outcome === 'served');
    }
    const seen = await playOverHttp(play, stage);
    first.set(play, seen);
    expect([...differences(play, seen, stage), ...headerFaults(seen)]).toEqual([]);
  });
});

// Backwards, so that each caller now comes after others than before and finds their plans and decisions.
describe('over HTTP, repeated', () => {
  test.each(rows(({ cases }) => cases).reverse())('%s', async (_id, play) => {
    const stage = await stages.of(play);
    const seen = await playOverHttp(play, stage);
    const before = first.get(play);
    expect([...differences(play, seen, stage), ...(before ? changes(before, seen) : ['no first answer'])]).toEqual([]);
  });
});

describe('composition', () => {
  const compositions = tables.flatMap((table) =>
    table.compositions.map((each) => [`${table.rule} ${each.id}`, each] as const),
  );
  test.each(compositions)('%s', (_id, each) => {
    expect(verdictOf(each)).toEqual({ errors: [...each.errors].sort(), warnings: [...each.warnings].sort() });
  });
});
