// For processes that know citizens by their ids and are no department: loads none of what a department needs.
export { parseProvinceKey } from './province-key.ts';
export { createPseudonyms } from './pseudonyms.ts';
export { parsePersonalNumber } from './scalars/personal-number.ts';
