/** Nine digits and more: personal numbers, old identity cards, insurance and telephone numbers. */
const LONG_NUMBERS = /\d{9,}/g;

/** A department's own words as they may stand in the log. */
export const redactNumbers = (text: string): string => text.replace(LONG_NUMBERS, '[number]');
