import type { GatewayConfig } from '../config/index.ts';
import type { Gateway } from '../gateway.ts';
import type { FromWorker, ToWorker } from './messages.ts';

/**
 * The configuration that the primary process read. A process that is started again later has the one that all others have,
 * whatever has become of the file meanwhile.
 */
export const configOfPrimary = (): Promise<GatewayConfig> =>
  new Promise((resolve) => {
    const take = (message: ToWorker): void => {
      if (message.kind !== 'config') return;
      process.off('message', take);
      resolve(message.config);
    };
    process.on('message', take);
    say({ kind: 'begins' });
  });

/** Tells the primary process that this one serves, and answers its questions. */
export const reportToPrimary = (gateway: Pick<Gateway, 'url' | 'metrics'>): void => {
  process.on('message', async (message: ToWorker) => {
    if (message.kind !== 'metrics') return;
    const { question } = message;
    say({ kind: 'metrics', question, metrics: await gateway.metrics() });
  });
  say({ kind: 'serves', url: gateway.url });
};

/** A primary process that is gone has nothing more to hear: without it this one ends as well. */
const say = (message: FromWorker): void => void process.send?.(message, undefined, undefined, () => {});
