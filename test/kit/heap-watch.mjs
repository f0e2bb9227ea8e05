/**
 * Loaded into a process by `node --import`: on SIGUSR2 it collects its garbage and says on stderr how many MiB of heap are
 * in use after that. What is never let go is told from what was not yet collected.
 */
import { writeSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { isMainThread } from 'node:worker_threads';

if (isMainThread) {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc');
  process.on('SIGUSR2', () => {
    collect();
    writeSync(2, `heap: ${Math.round(process.memoryUsage().heapUsed / 1024 / 1024)} MiB\n`);
  });
}
