/** The code of a system or PostgreSQL error (`ENOENT`, `3D000`), '' if it has none. */
export const errorCode = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
