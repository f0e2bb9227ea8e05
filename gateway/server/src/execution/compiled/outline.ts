import type { PrivateNames } from '../private-names.ts';
import { type Cell, Items, type Layout, type Row } from './layout.ts';

/**
 * The objects and lists of a merged answer, and of their values those alone by which the gateway knows whom it is about,
 * without decoding the rest.
 */
export const outline = (row: Row, layout: Layout, names: PrivateNames, bytes: Buffer): Record<string, unknown> => {
  const result: Record<string, unknown> = Object.create(null);
  for (const [key, slot] of layout.slots()) {
    const cell = row[slot.at];
    if (names.isSubject(key) && typeof cell === 'number') {
      result[key] = JSON.parse(bytes.toString('utf8', cell, row[slot.at + 1] as number));
    } else if (cell === null) result[key] = null;
    else if (typeof cell === 'object') result[key] = inner(cell, slot.inner(), names, bytes);
  }
  return result;
};

const inner = (cell: Cell, layout: Layout, names: PrivateNames, bytes: Buffer): unknown => {
  if (cell instanceof Items) return cell.items.map((item) => inner(item, layout, names, bytes));
  return Array.isArray(cell) ? outline(cell, layout, names, bytes) : null;
};
