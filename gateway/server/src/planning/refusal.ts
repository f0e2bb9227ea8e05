import { PublicError } from '../errors.ts';

/** The refusal of an operation whose plan would cost more than any one caller's may. */
export const tooMuch = (reason: 'time' | 'memory' | 'paths', budget: number): PublicError =>
  new PublicError('LIMIT_PLANNING', { data: { reason, ...(reason === 'time' ? { limit: budget } : {}) } });

/** The refusal of one more operation to wait; a slow one is over within seconds. */
export const busy = (): PublicError => new PublicError('PLANNING_BUSY', { headers: { 'retry-after': '5' } });
