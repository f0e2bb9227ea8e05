import type { Household, Person } from './person.ts';

/** What the relative is to the person. */
export type FamilyRole = 'GUARDIAN' | 'CHILD' | 'SPOUSE';

export interface FamilyLink {
  person: Person;
  relative: Person;
  role: FamilyRole;
}

/** Every family link within a household, in both directions. */
export function* familyLinks({ members }: Household): Generator<FamilyLink> {
  const having = (role: Person['role']): Person[] => members.filter((member) => member.role === role);
  const [head] = having('HEAD');
  if (head === undefined) return;
  const couple = [head, ...having('SPOUSE')];
  const parents = having('PARENT');
  yield* spouses(couple);
  yield* spouses(parents);
  for (const child of having('CHILD')) for (const guardian of couple) yield* descent(guardian, child);
  for (const parent of parents) yield* descent(parent, head);
}

function* spouses([one, other]: Person[]): Generator<FamilyLink> {
  if (one === undefined || other === undefined) return;
  yield { person: one, relative: other, role: 'SPOUSE' };
  yield { person: other, relative: one, role: 'SPOUSE' };
}

function* descent(guardian: Person, child: Person): Generator<FamilyLink> {
  yield { person: child, relative: guardian, role: 'GUARDIAN' };
  yield { person: guardian, relative: child, role: 'CHILD' };
}
