import { type Journey, journeyCatalogue } from '../journeys/catalogue.ts';

const queries = import.meta.glob<string>('../journeys/*.graphql', { query: '?raw', import: 'default', eager: true });

/** The nine journeys, their texts bundled at build time. */
export const journeys: readonly Journey[] = journeyCatalogue.map((facts) => ({
  ...facts,
  query: queries[`../journeys/${facts.id}.graphql`] ?? '',
}));
