export { type FamilyLink, type FamilyRole, familyLinks } from './family.ts';
export { households } from './households.ts';
export type { Ethnicity, Household, HouseholdRole, MaritalStatus, Person, Sex } from './person.ts';
export { AS_OF } from './person.ts';
export { type Random, randomFor, type Weighted } from './random.ts';
