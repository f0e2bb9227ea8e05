import { mkdirSync } from 'node:fs';
import type { Texts } from '../language.ts';
import { Federation } from '../up/federation.ts';
import { dataFolder } from '../up/folders.ts';
import { takeLock } from '../up/lock.ts';
import { whenNpmIsGone } from '../up/parent.ts';
import { makePlan } from '../up/plan.ts';
import { removeState, writeState } from '../up/state.ts';

/** Both languages, once if they are equal: whoever starts this may read either. */
const tell = ({ vi, en }: Texts): void => void process.stderr.write(vi === en ? `${en}\n` : `${vi}\n${en}\n`);

/** `lienthong up`: the whole federation on this machine, until a signal. */
export async function up({ ports, citizens }: { ports?: 'auto'; citizens: number }): Promise<void> {
  const data = dataFolder();
  mkdirSync(data, { recursive: true, mode: 0o755 });
  const lock = takeLock(data);
  let federation: Federation;
  try {
    const plan = await makePlan({
      data,
      env: process.env,
      anyPorts: ports === 'auto',
      interrupted: lock.interrupted,
    });
    federation = new Federation(plan, citizens, tell);
  } catch (error) {
    lock.release();
    throw error;
  }

  let asked = false;
  const stop = async (): Promise<void> => {
    if (!asked) tell({ vi: '… đang dừng tất cả', en: '… stopping everything' });
    const first = !asked;
    asked = true;
    await federation.stop();
    if (!first) return;
    removeState(data);
    lock.release();
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop());
  whenNpmIsGone(() => void stop());

  try {
    const [state, { summary }, { activePartners }] = await Promise.all([
      federation.start(),
      import('../up/summary.ts'),
      import('../up/registry.ts'),
    ]);
    writeState(data, state);
    process.stdout.write(summary(state, data, await activePartners(state.databases.registry)));
  } catch (error) {
    // Stopping makes whoever is still starting fail: that is no news.
    if (asked) return;
    await federation.stop();
    removeState(data);
    lock.release();
    throw error;
  }
}
