import DataLoader from 'dataloader';
import type { Generated, Kysely } from 'kysely';
import {
  byKey,
  type Connection,
  commune,
  communes,
  connection,
  type DataTools,
  defineDepartment,
  groupByKey,
  notFound,
  pageSize,
  type SeedTools,
} from '../src/index.ts';

interface FileRow {
  readonly code: string;
  readonly title: string;
  readonly opened: string;
  readonly commune: string;
}

interface NoteRow {
  readonly id: Generated<number>;
  readonly file: string;
  readonly text: string;
}

export interface ExampleTables {
  readonly files: FileRow;
  readonly notes: NoteRow;
}

interface Page {
  readonly commune: string;
  readonly first?: number | null;
  readonly after?: string | null;
}

const createData = ({ db, cursors, request, today }: DataTools<ExampleTables>) => ({
  caller: request.caller,
  today,
  file: new DataLoader<string, FileRow | null>(async (codes) => {
    const rows = await db.selectFrom('files').selectAll().where('code', 'in', codes).execute();
    return byKey(codes, rows, ({ code }) => code);
  }),
  notes: new DataLoader<string, Pick<NoteRow, 'file' | 'text'>[]>(async (codes) => {
    const rows = await db
      .selectFrom('notes')
      .select(['file', 'text'])
      .where('file', 'in', codes)
      .orderBy('id')
      .execute();
    return groupByKey(codes, rows, ({ file }) => file);
  }),
  notesOf: (code: string) => db.selectFrom('notes').select('text').where('file', '=', code).orderBy('id').execute(),
  files: async (page: Page): Promise<Connection<FileRow>> => {
    const first = pageSize(page.first);
    const list = `files ${page.commune}`;
    let query = db.selectFrom('files').selectAll().where('commune', '=', page.commune);
    if (page.after != null) {
      const [code] = cursors.open(list, page.after);
      query = query.where('code', '>', String(code));
    }
    const rows = await query
      .orderBy('code')
      .limit(first + 1)
      .execute();
    return connection({ rows, first, cursorOf: ({ code }) => cursors.seal(list, [code]), node: (row) => row });
  },
  rename: (code: string, title: string): Promise<FileRow | undefined> => renameFile(db, code, title),
});

const renameFile = (db: Kysely<ExampleTables>, code: string, title: string) =>
  db.updateTable('files').set({ title }).where('code', '=', code).returningAll().executeTakeFirst();

type ExampleData = ReturnType<typeof createData>;

const NOTES_PER_FILE = 2;

export const fileCode = (index: number): string => `F${String(index).padStart(6, '0')}`;

const seed = async ({ citizens, copy, progress }: SeedTools): Promise<void> => {
  const codes = Array.from({ length: citizens }, (_, index) => fileCode(index));
  const units = [...communes.keys()];
  await copy(
    'files',
    ['code', 'title', 'opened', 'commune'],
    codes.map((code, index) => [code, `Hồ sơ\t${index}\n\\N`, '2026-01-15', units[index % units.length]]),
  );
  progress(1, 2, 'files');
  await copy(
    'notes',
    ['file', 'text'],
    codes.flatMap((code) => Array.from({ length: NOTES_PER_FILE }, (_, index) => [code, `note ${index} of ${code}`])),
  );
  progress(2, 2, 'files');
};

/** The department of the kit's own tests. */
export const example = defineDepartment<ExampleTables, ExampleData>({
  name: 'example',
  folder: import.meta.dirname,
  port: 0,
  createData,
  seed,
  resolvers: {
    Query: {
      file: (_: unknown, { code }: { code: string }, { data }) => data.file.load(code),
      files: (_: unknown, page: Page, { data }) => data.files(page),
      born: () => true,
      commune: (_: unknown, { code }: { code: string }) => commune(code),
      caller: (_: unknown, __: unknown, { data, requestId }) =>
        JSON.stringify({ ...data.caller, scopes: [...data.caller.scopes], requestId: typeof requestId }),
    },
    Mutation: {
      rename: async (_: unknown, { code, title }: { code: string; title: string }, { data }) => {
        const renamed = await data.rename(code, title);
        if (renamed !== undefined) return renamed;
        throw notFound('file_unknown', { vi: 'Không có hồ sơ này.', en: 'There is no such file.' }, 'code');
      },
    },
    File: {
      __resolveReference: ({ code }: { code: string }, { data }) => data.file.load(code),
      commune: (file: FileRow) => commune(file.commune),
      notes: async ({ code }: FileRow, _: unknown, { data }) => (await data.notes.load(code)).map(({ text }) => text),
      notesOneByOne: async ({ code }: FileRow, _: unknown, { data }) =>
        (await data.notesOf(code)).map(({ text }) => text),
    },
  },
});
