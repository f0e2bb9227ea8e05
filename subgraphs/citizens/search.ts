import { badInput, type Cursors, connection, foldVietnamese, pageSize } from '@lienthong/kit';
import { type Kysely, sql } from 'kysely';
import { type CitizensTables, citizenColumns } from './tables.ts';

/** Letters in the text at least: one letter would list half the province. */
const MIN_LETTERS = 2;
const MAX_CHARACTERS = 100;

/**
 * The words of a name as they are stored for searching, and of a search: folded, without apostrophes (`H'Bia` is
 * `hbia`), nothing but letters and digits.
 */
export const searchWords = (text: string): string[] =>
  foldVietnamese(text)
    .replace(/['’ʼ`]/g, '')
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');

interface SearchArguments {
  readonly text: string;
  readonly first?: number | null;
  readonly after?: string | null;
}

/** One page of the people whose names hold every word of the text. */
export async function searchCitizens(
  { db, cursors }: { db: Kysely<CitizensTables>; cursors: Cursors },
  { text, first, after }: SearchArguments,
) {
  const words = parseText(text);
  const size = pageSize(first);
  const list = `searchCitizens ${words.join(' ')}`;

  let query = db
    .selectFrom('citizens')
    .select([...citizenColumns, 'given_name as givenName'])
    .where(sql<boolean>`folded_words @@ ${tsquery(words)}::tsquery`)
    .orderBy('given_name')
    .orderBy('full_name')
    .orderBy('id')
    .limit(size + 1);
  if (after != null) {
    const [givenName, fullName, id] = cursors.open(list, after);
    query = query.where(sql<boolean>`(given_name, full_name, id) > (${givenName}, ${fullName}, ${id})`);
  }
  return connection({
    rows: await query.execute(),
    first: size,
    cursorOf: (row) => cursors.seal(list, [row.givenName, row.fullName, row.id]),
    node: (row) => row,
  });
}

/** Distinct words in one order, so that the same search written otherwise opens the same cursors. */
function parseText(text: string): string[] {
  const words = text.length <= MAX_CHARACTERS ? searchWords(text) : [];
  if (words.join('').replace(/[0-9]/g, '').length < MIN_LETTERS) {
    throw badInput(
      'search_text',
      {
        vi: `Cần từ ${MIN_LETTERS} chữ cái đến ${MAX_CHARACTERS} ký tự để tìm. Hãy nhập họ tên hoặc một phần họ tên.`,
        en: `A search needs at least ${MIN_LETTERS} letters and at most ${MAX_CHARACTERS} characters. Type a name or part of one.`,
      },
      'text',
    );
  }
  return [...new Set(words)].sort();
}

/**
 * All words, each the beginning of one in the name; a single letter only as a whole word, for the `A` and `Y` of
 * highland names. Words are letters and digits alone, so nothing in them means anything to tsquery.
 */
function tsquery(words: readonly string[]): string {
  return words.map((word) => (word.length === 1 ? word : `${word}:*`)).join(' & ');
}
