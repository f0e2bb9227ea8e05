import type { SubjectOf } from '../format/index.ts';

/** Citizens whose subjects are at hand, and as many again from before: a megabyte of both. */
const RECENT = 2_048;
/** Characters of a `Citizen.id` that is kept: callers write ids into arguments as long as they like. */
const LONGEST = 128;

/** Remembers subjects: whoever an agency asks about, it asks about again, and making a subject takes two hashes. */
export const knownSubjects = (subjectOf: SubjectOf): SubjectOf => {
  let recent = new Map<string, string>();
  let before = new Map<string, string>();
  return (citizen) => {
    const known = recent.get(citizen);
    if (known !== undefined) return known;
    const subject = before.get(citizen) ?? subjectOf(citizen);
    if (citizen.length > LONGEST) return subject;
    if (recent.size === RECENT) {
      before = recent;
      recent = new Map();
    }
    recent.set(ownText(citizen), subject);
    return subject;
  };
};

/** A copy: an id out of a query's text is a piece of that text, and would keep all of it in memory. */
const ownText = (text: string): string => Buffer.from(text, 'utf8').toString('utf8');
