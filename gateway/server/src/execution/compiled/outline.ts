import { type Cell, Items, type Layout, type Row } from './layout.ts';

/**
 * The objects and lists of a merged answer, and of their values those under one name alone: what has to be known of whom
 * an answer is about, without decoding the rest.
 */
export const outline = (row: Row, layout: Layout, name: string, bytes: Buffer): Record<string, unknown> => {
  const result: Record<string, unknown> = Object.create(null);
  for (const [key, slot] of layout.slots()) {
    const cell = row[slot.at];
    if (key === name && typeof cell === 'number') {
      result[key] = JSON.parse(bytes.toString('utf8', cell, row[slot.at + 1] as number));
    } else if (cell === null) result[key] = null;
    else if (typeof cell === 'object') result[key] = inner(cell, slot.inner(), name, bytes);
  }
  return result;
};

const inner = (cell: Cell, layout: Layout, name: string, bytes: Buffer): unknown => {
  if (cell instanceof Items) return cell.items.map((item) => inner(item, layout, name, bytes));
  return Array.isArray(cell) ? outline(cell, layout, name, bytes) : null;
};
