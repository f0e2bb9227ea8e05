/** The fixed persons of the seeds. */
export const people = { father: '051085000001', mother: '051187000003', daughter: '051319000002' } as const;

/** A number that nobody has. */
export const nobody = '051099999999';

/** What a record says of whom: coordinates, in order. */
export type Expected = Readonly<Record<string, string>>;

/** The persons and fields that each journey discloses, by its id. */
export const expectedRecords: Readonly<Record<string, Expected>> = {
  'grade-one-enrolment': {
    daughter:
      'Citizen.birthDate Citizen.family Citizen.fullName Citizen.immunizations Citizen.residence FamilyMember.citizen FamilyMember.role Immunization.complete Immunization.series Query.citizen Residence.commune',
    father: 'Citizen.fullName FamilyMember.citizen FamilyMember.role',
    mother: 'Citizen.fullName FamilyMember.citizen FamilyMember.role',
  },
  'insurance-eligibility': {
    father:
      'Citizen.fullName Citizen.insurance Insurance.facility Insurance.level Insurance.number Insurance.validFrom Insurance.validTo Query.citizen',
  },
  'land-transfer': {
    father:
      'Citizen.alive Citizen.fullName Citizen.maritalStatus Encumbrance.active Encumbrance.creditor Encumbrance.kind Encumbrance.since LandRight.holder LandRight.share Parcel.area Parcel.commune Parcel.encumbrances Parcel.number Parcel.rights Parcel.sheet Parcel.uses ParcelUse.area ParcelUse.code Query.parcel',
  },
  'death-of-a-citizen': {
    father:
      'Citizen.alive Citizen.fullName Citizen.holdings Citizen.insurance Holding.parcel Holding.share Insurance.number Insurance.validTo Parcel.commune Parcel.number Parcel.sheet Query.citizen',
  },
  'school-transfer': {
    daughter:
      'Citizen.enrolments Citizen.fullName Enrolment.from Enrolment.grade Enrolment.school Enrolment.to Query.citizen',
  },
  'hospital-emergency': {
    father:
      'Allergy.severity Allergy.substance Citizen.allergies Citizen.fullName Citizen.insurance Insurance.facility Insurance.level Insurance.number Insurance.validTo Query.citizen',
  },
  'pupils-insurance': {
    daughter:
      'Citizen.fullName Citizen.insurance Insurance.validTo Pupil.citizen PupilConnection.edges PupilConnection.pageInfo PupilEdge.node School.pupils',
  },
  resettlement: {
    father:
      'Citizen.residence LandRight.holder LandRight.share Parcel.number Parcel.rights Parcel.sheet Parcel.uses ParcelUse.area ParcelUse.code Residence.address Residence.commune',
  },
  'partner-kyc': {
    father: 'Query.matchCitizen',
  },
};
