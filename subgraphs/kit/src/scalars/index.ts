import { CommuneCode } from './commune-code.ts';
import { CalendarDate } from './date.ts';
import { PartialDate } from './partial-date.ts';
import { PersonalNumber } from './personal-number.ts';

/** The scalars of `shared.graphql`, by name. */
export const scalars = { PersonalNumber, Date: CalendarDate, PartialDate, CommuneCode };
