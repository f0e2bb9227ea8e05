import { commune, type DepartmentResolvers, parseCommuneCode } from '@lienthong/kit';
import type { CitizensData } from './data.ts';
import type { ChangeResidenceInput } from './residence.ts';
import type { CitizenRow, ResidenceRow } from './tables.ts';

export const resolvers: DepartmentResolvers<CitizensData> = {
  Query: {
    citizen: (_parent, { personalNumber }: { personalNumber: string }, { data }) =>
      data.citizenByNumber(personalNumber),
    // Only the token says who is logged in: nobody names himself.
    me: (_parent, _args, { caller, data }) => (caller.citizen === undefined ? null : data.citizen(caller.citizen)),
    searchCitizens: (_parent, args: { text: string; first?: number | null; after?: string | null }, { data }) =>
      data.search(args),
    matchCitizen: (_parent, args: { personalNumber: string; fullName: string; birthDate: string }, { data }) =>
      data.match(args),
    commune: (_parent, { code }: { code: string }) => commune(parseCommuneCode(code, 'code')),
  },
  Mutation: {
    changeResidence: async (_parent, { input }: { input: ChangeResidenceInput }, { data }) => ({
      citizen: await data.changeResidence(input),
    }),
  },
  Citizen: {
    __resolveReference: ({ id }: { id: string }, { data }) => data.citizen(id),
    alive: ({ deathDate }: CitizenRow) => deathDate === null,
    residence: (citizen: CitizenRow, _args, { data }) => data.residenceOf(citizen),
    async family(citizen: CitizenRow, { role }: { role?: string | null }, { data }) {
      const family = await data.familyOf(citizen);
      return role == null ? family : family.filter((member) => member.role === role);
    },
    household: ({ household }: CitizenRow) => (household === null ? null : { code: household }),
  },
  Residence: {
    commune: (residence: ResidenceRow) => commune(residence.commune),
  },
  FamilyMember: {
    // A link is loaded together with the relative's own row.
    citizen: (member: CitizenRow) => member,
  },
  Household: {
    members: ({ code }: { code: string }, _args, { data }) => data.membersOf(code),
  },
};
