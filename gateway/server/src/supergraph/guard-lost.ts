import { acknowledgedIn, guardsLost } from '@lienthong/schema/rules';
import type { Logger } from 'pino';

import type { GatewayConfig } from '../config/index.ts';
import type { SupergraphVersion } from './version.ts';

type Replaceable = Pick<SupergraphVersion, 'sdl' | 'rules' | 'schema'>;

/**
 * Compares what a new version asks of callers with what the served one does, and tells of every coordinate that asks for
 * less (AUTHORIZATION §3). Whoever composed the new version may have acknowledged that, in its text.
 *
 * @throws Error where guards are lost unacknowledged and the gateway is to refuse that
 */
export const checkGuardsLost = (
  previous: Replaceable,
  next: Replaceable,
  guardLost: GatewayConfig['authorization']['guardLost'],
  log: Logger,
): void => {
  const isAcknowledged = acknowledgedIn(next.sdl, previous.sdl);
  let unacknowledged = 0;
  for (const lost of guardsLost(previous, next)) {
    const { coordinate, before, after } = lost;
    if (isAcknowledged(lost)) {
      log.warn({ coordinate, before, after }, 'a guard is given up, as acknowledged');
      continue;
    }
    unacknowledged++;
    log[guardLost === 'refuse' ? 'error' : 'warn'](
      { failure: 'guard_lost', coordinate, before, after },
      'a coordinate asks for less than before',
    );
  }
  if (unacknowledged === 0 || guardLost === 'warn') return;
  throw new Error(
    `GUARD_LOST ${unacknowledged} coordinates ask for less than those served now: restore their guards, or compose with ` +
      '--previous (the supergraph that is served) and --acknowledge',
  );
};
