import { badInput, commune, type DepartmentResolvers, parseCommuneCode } from '@lienthong/kit';
import type { HealthData } from './data.ts';
import { immunizations } from './immunization.ts';
import type { RenewInsuranceInput } from './renewal.ts';

interface Citizen {
  readonly id: string;
}

const unknownSeries = () =>
  badInput(
    'series_unknown',
    {
      vi: 'Không có loạt tiêm chủng này. Hãy dùng `EPI` hoặc `COVID19`, hoặc bỏ `series` để lấy tất cả.',
      en: 'There is no such immunization series. Use `EPI` or `COVID19`, or leave `series` out for all of them.',
    },
    'series',
  );

export const resolvers: DepartmentResolvers<HealthData> = {
  Query: {
    facilities: (_parent, args: { commune: string }, { data }) =>
      data.facilitiesIn(parseCommuneCode(args.commune, 'commune')),
  },
  Mutation: {
    async renewInsurance(_parent, { input }: { input: RenewInsuranceInput }, { data }) {
      const insurance = await data.renewInsurance(input);
      return { citizen: { id: input.citizen }, insurance };
    },
  },
  Citizen: {
    // Not empty lists for somebody Health has never heard of: "no dose on record" would be a statement about them.
    __resolveReference: async ({ id }: Citizen, { data }) => ((await data.isKnown(id)) ? { id } : null),
    insurance: ({ id }: Citizen, _args, { data }) => data.insuranceOf(id),
    async immunizations({ id }: Citizen, { series }: { series?: string | null }, { data }) {
      // A mistyped series must not read as "not immunized".
      if (series != null && !(await data.isSeries(series))) throw unknownSeries();
      const all = immunizations(await data.dosesOf(id));
      return series == null ? all : all.filter((immunization) => immunization.series === series);
    },
    allergies: ({ id }: Citizen, _args, { data }) => data.allergiesOf(id),
    diagnoses: ({ id }: Citizen, _args, { data }) => data.diagnosesOf(id),
  },
  Insurance: {
    facility: (insurance: { facility: string }, _args, { data }) => data.facility(insurance.facility),
  },
  Facility: {
    commune: (facility: { commune: string }) => commune(facility.commune),
  },
};
