// Loaded before everything else in each child of `lienthong up`, with `?preload=<kind>` for children in TypeScript.
import { preload } from '../preload.js';
import { understandTypeScript } from '../typescript.js';

/** Milliseconds for the child's own orderly end. */
const PATIENCE = 10_000;

// The channel to the parent closes when the parent is gone, however it went: SIGKILL leaves it no time to stop its
// children, and nobody else would.
process.on('disconnect', () => {
  if (process.listenerCount('SIGTERM') === 0) process.exit(0);
  setTimeout(() => process.exit(0), PATIENCE).unref();
  process.kill(process.pid, 'SIGTERM');
});
// The channel alone must not keep a finished child alive.
process.channel?.unref();

const kind = new URL(import.meta.url).searchParams.get('preload');
if (kind !== null) {
  await preload(kind);
  understandTypeScript();
}
