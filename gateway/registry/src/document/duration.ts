const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
] as const;

/** Milliseconds of `30s`, `1m`, `1h`, `1d`; undefined for anything else. */
export const parseDuration = (written: unknown): number | undefined => {
  const [, digits, unit] = typeof written === 'string' ? (/^([1-9]\d{0,5})([smhd])$/.exec(written) ?? []) : [];
  const [, milliseconds] = units.find(([name]) => name === unit) ?? [];
  return milliseconds === undefined ? undefined : Number(digits) * milliseconds;
};

/** The shortest way to write a duration that `parseDuration` reads. */
export const formatDuration = (milliseconds: number): string => {
  const [unit, size] = units.find(([, each]) => milliseconds % each === 0) ?? units[3];
  return `${milliseconds / size}${unit}`;
};
