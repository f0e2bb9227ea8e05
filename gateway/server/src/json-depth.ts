/** Deeper than any value of a custom scalar is: writing an endless nesting overflows the stack of whoever writes it. */
const MAX_DEPTH = 32;

/** Whether lists and objects of a JSON value stand within each other no deeper than an honest value's do. */
export const isShallow = (value: unknown, depth = MAX_DEPTH): boolean => {
  if (typeof value !== 'object' || value === null) return true;
  return depth > 0 && Object.values(value).every((inner) => isShallow(inner, depth - 1));
};
