import { AdmissionError, refuseContext } from '@lienthong/schema/rules';
import type { Logger } from 'pino';

/**
 * No engine sends what `@fromContext` asks for. Where the gateway is to be strict, a supergraph with such fields is refused,
 * as `lienthong compose` does; elsewhere it is told of.
 *
 * @throws AdmissionError
 */
export const checkContext = (sdl: string, unguarded: 'allow' | 'refuse', log: Logger): void => {
  try {
    refuseContext(sdl);
  } catch (error) {
    if (unguarded === 'refuse' || !(error instanceof AdmissionError)) throw error;
    log.warn({ refusals: error.refusals }, 'arguments by @fromContext do not arrive');
  }
};
