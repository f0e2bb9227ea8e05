import type { Bilingual } from '@lienthong/schema/catalogue';

/** One kind of data in plain words, and the fields of the schema that carry it; `Residence.*` is every field of a type. */
export interface Item extends Bilingual {
  readonly sensitive?: boolean;
  readonly fields: readonly string[];
}

/** A department as people read it. */
export interface DepartmentWords extends Bilingual {
  readonly items: readonly Item[];
}

/**
 * What a person reads in place of coordinates, by the department that keeps the data; items in the order in which they are
 * shown. Fields of departments that are not here are shown by the descriptions of the schema.
 */
export const words: Readonly<Record<string, DepartmentWords>> = {
  citizens: {
    vi: 'Hộ tịch và dân cư',
    en: 'Population',
    items: [
      { vi: 'tra cứu theo số định danh cá nhân', en: 'looked up by personal number', fields: ['Query.citizen'] },
      {
        vi: 'tìm người theo họ tên',
        en: 'found in a search by name',
        fields: ['Query.searchCitizens', 'CitizenConnection.*', 'CitizenEdge.*'],
      },
      {
        vi: 'đối chiếu họ tên và ngày sinh, chỉ trả lời đúng hoặc sai',
        en: 'name and birth date compared, answered yes or no only',
        fields: ['Query.matchCitizen'],
      },
      { vi: 'mở trang của chính mình', en: "opened one's own page", fields: ['Query.me'] },
      { vi: 'họ tên', en: 'name', fields: ['Citizen.fullName'] },
      { vi: 'ngày sinh', en: 'date of birth', fields: ['Citizen.birthDate'] },
      { vi: 'giới tính', en: 'sex', fields: ['Citizen.sex'] },
      { vi: 'số định danh cá nhân', en: 'personal number', fields: ['Citizen.personalNumber'] },
      { vi: 'mã liên thông', en: 'federated id', fields: ['Citizen.id'] },
      { vi: 'còn sống hay đã mất', en: 'whether alive', fields: ['Citizen.alive', 'Citizen.deathDate'] },
      { vi: 'tình trạng hôn nhân', en: 'marital status', fields: ['Citizen.maritalStatus'] },
      { vi: 'dân tộc', en: 'ethnic origin', sensitive: true, fields: ['Citizen.ethnicity'] },
      { vi: 'nơi cư trú', en: 'residence', fields: ['Citizen.residence', 'Residence.*'] },
      { vi: 'quan hệ gia đình', en: 'family relations', fields: ['Citizen.family', 'FamilyMember.*'] },
      { vi: 'hộ gia đình', en: 'household', fields: ['Citizen.household', 'Household.*'] },
      {
        vi: 'ghi nhận thay đổi nơi cư trú',
        en: 'change of residence',
        fields: ['Mutation.changeResidence', 'ChangeResidencePayload.*'],
      },
    ],
  },
  health: {
    vi: 'Y tế',
    en: 'Health',
    items: [
      { vi: 'bảo hiểm y tế', en: 'health insurance', fields: ['Citizen.insurance', 'Insurance.*'] },
      {
        vi: 'gia hạn bảo hiểm y tế',
        en: 'renewal of health insurance',
        fields: ['Mutation.renewInsurance', 'RenewInsurancePayload.*'],
      },
      {
        vi: 'tiêm chủng',
        en: 'immunizations',
        sensitive: true,
        fields: ['Citizen.immunizations', 'Immunization.*', 'Dose.*'],
      },
      { vi: 'dị ứng', en: 'allergies', sensitive: true, fields: ['Citizen.allergies', 'Allergy.*'] },
      { vi: 'chẩn đoán bệnh', en: 'diagnoses', sensitive: true, fields: ['Citizen.diagnoses', 'Diagnosis.*'] },
    ],
  },
  education: {
    vi: 'Giáo dục',
    en: 'Education',
    items: [
      {
        vi: 'danh sách học sinh của trường',
        en: "list of a school's pupils",
        fields: ['School.pupils', 'PupilConnection.*', 'PupilEdge.*'],
      },
      { vi: 'mã học sinh', en: 'pupil code', fields: ['Pupil.code', 'Pupil.citizen'] },
      { vi: 'quá trình học', en: 'enrolments', fields: ['Citizen.enrolments', 'Pupil.enrolments', 'Enrolment.*'] },
      { vi: 'kết quả học tập', en: 'school results', fields: ['Citizen.marks', 'Mark.*'] },
      { vi: 'ghi nhận nhập học', en: 'enrolment at a school', fields: ['Mutation.enrol', 'EnrolPayload.*'] },
    ],
  },
  land: {
    vi: 'Đất đai',
    en: 'Land',
    items: [
      { vi: 'tra cứu thửa đất', en: 'a parcel looked up', fields: ['Query.parcel'] },
      {
        vi: 'danh sách thửa đất của xã',
        en: "list of a commune's parcels",
        fields: ['Query.parcels', 'ParcelConnection.*', 'ParcelEdge.*'],
      },
      {
        vi: 'thửa đất và phần quyền',
        en: 'parcels of land and shares in them',
        fields: ['Citizen.holdings', 'Holding.*', 'Parcel.*', 'ParcelUse.*'],
      },
      {
        vi: 'giấy chứng nhận quyền sử dụng đất',
        en: 'land certificate',
        fields: ['Parcel.certificate', 'LandCertificate.*'],
      },
      { vi: 'quyền sử dụng đất', en: 'land rights', fields: ['Parcel.rights', 'LandRight.*'] },
      {
        vi: 'thế chấp và hạn chế quyền',
        en: 'mortgages and other encumbrances',
        sensitive: true,
        fields: ['Parcel.encumbrances', 'Encumbrance.*'],
      },
      {
        vi: 'ghi nhận chuyển quyền sử dụng đất',
        en: 'transfer of land rights',
        fields: ['Mutation.transferParcel', 'TransferParcelPayload.*'],
      },
    ],
  },
  disclosures: {
    vi: 'Sổ ghi truy cập',
    en: 'Ledger of disclosures',
    items: [
      {
        vi: 'ai đã xem dữ liệu',
        en: 'who saw the data',
        fields: [
          'Citizen.disclosures',
          'Citizen.disclosure',
          'DisclosureConnection.*',
          'DisclosureEdge.*',
          'Disclosure.*',
          'DisclosureTerm.*',
          'DisclosedData.*',
          'DisclosedItem.*',
          'PassedData.*',
        ],
      },
    ],
  },
};
