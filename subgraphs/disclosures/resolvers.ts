import type { DepartmentResolvers } from '@lienthong/kit';
import type { DisclosurePage, DisclosuresData, PageArguments } from './data.ts';
import type { Disclosure } from './disclosure.ts';

/** The form of `Citizen.id`: the key's epoch and a hash of 32 bytes in base64url. */
const CITIZEN_ID = /^[a-z0-9]{1,8}\.[A-Za-z0-9_-]{43}$/;

export const resolvers: DepartmentResolvers<DisclosuresData> = {
  Citizen: {
    // The ledger knows nobody: whoever can be somebody has a list, be it empty.
    __resolveReference: ({ id }: { id: string }) => (CITIZEN_ID.test(id) ? { id } : null),
    disclosures: ({ id }: { id: string }, args: PageArguments, { data }) => data.list(id, args),
    disclosure: (person: { id: string }, { id }: { id: string }, { data }) => data.one(person.id, id),
  },
  DisclosureConnection: {
    totalCount: ({ totalCount }: DisclosurePage) => totalCount(),
  },
  Disclosure: {
    proof: (disclosure: Disclosure, _args, { data }) => data.proof(disclosure),
  },
};
