// Loaded before everything else in each child of `lienthong up`. The channel to the parent closes when the parent is
// gone, however it went: SIGKILL leaves it no time to stop its children, and nobody else would.

/** Milliseconds for the child's own orderly end. */
const PATIENCE = 10_000;

process.on('disconnect', () => {
  if (process.listenerCount('SIGTERM') === 0) process.exit(0);
  setTimeout(() => process.exit(0), PATIENCE).unref();
  process.kill(process.pid, 'SIGTERM');
});
// The channel alone must not keep a finished child alive.
process.channel?.unref();
