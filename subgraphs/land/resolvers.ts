import { commune, type DepartmentContext, type DepartmentResolvers, pageSize, parseCommuneCode } from '@lienthong/kit';
import type { Encumbrance, Holding, LandData, LandRight, Parcel, ParcelKey } from './data.ts';
import { formatShare } from './shares.ts';
import { countedFromOne, isCitizenId, parseTransfer, type TransferInput } from './transfer-input.ts';

type Context = DepartmentContext<LandData>;
interface ParcelsArguments {
  readonly commune: string;
  readonly first?: number | null;
  readonly after?: string | null;
}

interface Transferred {
  readonly parcel: Parcel;
  readonly giver: string;
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export const resolvers: DepartmentResolvers<LandData> = {
  Query: {
    parcel: (_: unknown, { commune, sheet, number }: ParcelKey, { data }: Context) =>
      data.parcel({
        commune: parseCommuneCode(commune, 'commune'),
        sheet: countedFromOne(sheet, 'sheet'),
        number: countedFromOne(number, 'number'),
      }),
    parcels: (_: unknown, { commune, first, after }: ParcelsArguments, { data }: Context) =>
      data.parcelsOf(parseCommuneCode(commune, 'commune'), pageSize(first), after ?? null),
  },

  Mutation: {
    transferParcel: async (
      _: unknown,
      { input }: { input: TransferInput },
      { data }: Context,
    ): Promise<Transferred> => {
      const order = parseTransfer(input);
      return { parcel: await data.transfer(order), giver: order.from };
    },
  },

  Citizen: {
    // A key is never refused: a person of whom the department knows nothing is a person without land.
    __resolveReference: ({ id }: { id: string }) => ({ id }),
    holdings: ({ id }: { id: string }, _: unknown, { data }: Context) => (isCitizenId(id) ? data.holdingsOf(id) : []),
  },

  Holding: { share: ({ share }: Holding) => formatShare(share) },

  Parcel: {
    __resolveReference: ({ id }: { id: string }, { data }: Context) => (uuid.test(id) ? data.parcelById(id) : null),
    commune: (parcel: Parcel) => commune(parcel.commune),
    // Summed in tenths of a square metre, as the register keeps them: 0.1 + 0.2 must not become 0.30000000000000004.
    area: async (parcel: Parcel, _: unknown, { data }: Context) =>
      (await data.usesOf(parcel)).reduce((tenths, { area }) => tenths + Math.round(area * 10), 0) / 10,
    uses: (parcel: Parcel, _: unknown, { data }: Context) => data.usesOf(parcel),
    rights: (parcel: Parcel, _: unknown, { data }: Context) => data.rightsIn(parcel),
    encumbrances: async (parcel: Parcel, { active }: { active?: boolean | null }, { data }: Context) => {
      const all = await data.encumbrancesOf(parcel);
      return active === undefined || active === null ? all : all.filter((one) => stands(one) === active);
    },
    dataSubjects: (parcel: Parcel, _: unknown, { data }: Context) => data.holdersOf(parcel),
    certificate: (parcel: Parcel, _: unknown, { data }: Context) => data.certificateOf(parcel),
  },

  TransferParcelPayload: {
    dataSubjects: async ({ parcel, giver }: Transferred, _: unknown, { data }: Context) => [
      ...new Set([giver, ...(await data.holdersOf(parcel))]),
    ],
  },

  LandRight: {
    share: ({ share }: LandRight) => formatShare(share),
    holder: ({ holderId }: LandRight) => ({ id: holderId }),
  },

  Encumbrance: {
    active: stands,
    until: ({ released }: Encumbrance) => released,
  },
};

function stands({ released }: Encumbrance): boolean {
  return released === null;
}
