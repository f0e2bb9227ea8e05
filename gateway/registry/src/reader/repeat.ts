/** Does something again and again, each time after the last has ended; `stop` resolves when none is under way. */
export function repeat(act: () => Promise<void>, interval: number): { stop(): Promise<void> } {
  let stopped = false;
  let running: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  const next = (): void => {
    timer = setTimeout(() => {
      running = act().finally(() => {
        if (!stopped) next();
      });
    }, interval);
    timer.unref();
  };
  next();
  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
