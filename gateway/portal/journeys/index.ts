import { readFileSync } from 'node:fs';
import { type Journey, journeyCatalogue } from './catalogue.ts';

export type { Bilingual, Journey, JourneyFacts } from './catalogue.ts';

/** The nine journeys with the very texts that the console offers. */
export const journeys: readonly Journey[] = journeyCatalogue.map((facts) => ({
  ...facts,
  query: readFileSync(new URL(`./${facts.id}.graphql`, import.meta.url), 'utf8'),
}));
