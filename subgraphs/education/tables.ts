import type { Generated } from 'kysely';
import type { SchoolLevel } from './level.ts';

/** The education database, as Kysely sees it. Dates are ISO 8601 text. See migrations/ for keys and constraints. */
export interface EducationTables {
  school: { code: string; name: string; commune: string; level: SchoolLevel };
  pupil: { code: Generated<string>; citizen_id: string; number: string | null };
  enrolment: {
    id: Generated<string>;
    pupil: string;
    school: string;
    grade: number;
    started_on: string;
    ended_on: string | null;
  };
  mark: { pupil: string; school_year: string; grade: number; school: string; subject: string; score: string };
}
