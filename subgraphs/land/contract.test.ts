import { subgraphContract } from '@lienthong/kit/testing';
import { households } from '@lienthong/population';
import { land } from './index.ts';
import { landOf, plots } from './seed-land.ts';

const CITIZENS = 1000;

/** Citizen is not listed: its key is never refused, so an unknown one is a person without land, not null. */
subgraphContract(land, {
  citizens: CITIZENS,
  references: [
    {
      type: 'Parcel',
      unknown: { id: '00000000-0000-8000-8000-000000000000' },
      selection: `{
        commune { name } sheet number version area uses { code area }
        rights { share origin since holder { id holdings { share parcel { number } } } }
        encumbrances(active: true) { kind active since until creditor } certificate { serial issuedOn }
        lt_s_dataSubjects: dataSubjects
      }`,
      hundred: () => {
        const next = plots();
        const parcels = [...households(CITIZENS)].flatMap((household) => landOf(household, next));
        return parcels.slice(0, 100).map(({ id }) => ({ id }));
      },
    },
  ],
});
