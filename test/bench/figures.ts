/** One line of a benchmark's table. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  /** At most this; absent: told, not judged. */
  readonly goal?: number;
}

/** Processor time of this process per call, in microseconds: the median of some rounds, so that one pause counts little. */
export const microseconds = (rounds: number, calls: number, act: () => unknown): number =>
  median(
    Array.from({ length: rounds }, () => {
      const before = process.cpuUsage();
      for (let call = 0; call < calls; call++) act();
      const { user, system } = process.cpuUsage(before);
      return (user + system) / calls;
    }),
  );

/** The same for what is awaited, one after another. */
export const microsecondsAsync = async (
  rounds: number,
  calls: number,
  act: () => Promise<unknown>,
): Promise<number> => {
  const figures: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const before = process.cpuUsage();
    for (let call = 0; call < calls; call++) await act();
    const { user, system } = process.cpuUsage(before);
    figures.push((user + system) / calls);
  }
  return median(figures);
};

export const median = (values: readonly number[]): number =>
  [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;

/** What is being measured now, on one line of a terminal; where there is none, nothing. */
export const progress = (text: string): void => {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
};

/** Prints figures with their goals. */
export const printFigures = (unit: string, figures: readonly Figure[]): void => {
  progress('');
  process.stdout.write(`${unit.padStart(10)}   goal\n`);
  for (const { name, value, goal } of figures) {
    const judged = goal === undefined ? '' : `${value <= goal ? '✓' : '✗'} ≤ ${goal}`;
    process.stdout.write(`${value.toFixed(2).padStart(10)}   ${judged.padEnd(10)} ${name}\n`);
  }
};
