import { households } from '@lienthong/population';

/** Somebody who can be picked at the development provider. Nobody here exists. */
export interface InventedPerson {
  /** The provider's own name for the person: `sub`. */
  readonly id: string;
  readonly name: string;
  readonly personalNumber?: string;
  /** The agency an officer works for. */
  readonly agency?: string;
  readonly agencyName?: string;
}

/** The household that documents and tests use, whose records every department has. */
const citizens: readonly InventedPerson[] = [...households(3)].flatMap(({ members }) =>
  members.map(({ fullName, number }, index) => ({ id: `cd-${index + 1}`, name: fullName, personalNumber: number })),
);

/** One officer for each agency with a demo client; their names are no department's records. */
const officers: readonly InventedPerson[] = [
  { id: 'cb-mot-cua-01', name: 'Nguyễn Thị Lan', agency: 'H48.53', agencyName: 'Bộ phận Một cửa xã Sơn Hà' },
  { id: 'cb-so-y-te-01', name: 'Trần Quốc Bảo', agency: 'H48.14', agencyName: 'Sở Y tế' },
];

export const people: readonly InventedPerson[] = [...citizens, ...officers];
