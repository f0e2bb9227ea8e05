import type { DoseRow } from './data.ts';

/** What `Immunization` shows of one series. */
export interface Immunization {
  readonly series: string;
  readonly complete: boolean;
  readonly doses: readonly { readonly date: string; readonly vaccine: string }[];
}

/** A person's doses as series. A series is complete when as many doses are on record as it demands. */
export function immunizations(doses: readonly DoseRow[]): Immunization[] {
  const bySeries = new Map<string, DoseRow[]>();
  for (const dose of doses) bySeries.set(dose.series, [...(bySeries.get(dose.series) ?? []), dose]);
  return [...bySeries].map(([series, given]) => ({
    series,
    complete: given.length >= Math.max(...given.map((dose) => dose.dosesRequired)),
    doses: given.map(({ date, vaccine }) => ({ date, vaccine })),
  }));
}
