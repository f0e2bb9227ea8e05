export { type DataSubjects, dataSubjectsOf, readDataSubjects } from './read.ts';
export type { DataSubject } from './resolve.ts';
