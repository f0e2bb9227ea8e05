import { badInput } from './errors.ts';

/** One page of a list, in Relay's shape. */
export interface Connection<Node> {
  readonly edges: readonly { readonly cursor: string; readonly node: Node }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

/** The bounds of a list's pages, in rows. */
export interface PageLimits {
  readonly default?: number;
  readonly max?: number;
}

/** How many rows the caller wants: 20 unless told, BAD_USER_INPUT `page_size` outside 1 to 100 (or the list's own bounds). */
export const pageSize = (first: number | null | undefined, limits: PageLimits = {}): number => {
  const max = limits.max ?? 100;
  const size = first ?? Math.min(limits.default ?? 20, max);
  if (!Number.isInteger(size) || size < 1 || size > max) {
    throw badInput(
      'page_size',
      {
        vi: `Mỗi trang có từ 1 đến ${max} mục. Hãy đổi \`first\`, rồi dùng \`after\` để lấy trang sau.`,
        en: `A page has between 1 and ${max} rows. Change \`first\`, then use \`after\` for the next page.`,
      },
      'first',
    );
  }
  return size;
};

/** A page from rows that were fetched with `limit first + 1`: the row too many says whether more follows. */
export const connection = <Row, Node = Row>({
  rows,
  first,
  cursorOf,
  node,
}: {
  readonly rows: readonly Row[];
  readonly first: number;
  readonly cursorOf: (row: Row) => string;
  readonly node: (row: Row) => Node;
}): Connection<Node> => {
  const edges = rows.slice(0, first).map((row) => ({ cursor: cursorOf(row), node: node(row) }));
  return { edges, pageInfo: { hasNextPage: rows.length > first, endCursor: edges.at(-1)?.cursor ?? null } };
};
