/** A text in both languages of the province. */
export interface Bilingual {
  readonly vi: string;
  readonly en: string;
}

/** What is known about a journey besides the text of its query. */
export interface JourneyFacts {
  /** Name of its `.graphql` file, and its anchor in the address of the console. */
  readonly id: string;
  readonly title: Bilingual;
  /** One sentence: who asks what, and why several departments answer. */
  readonly explanation: Bilingual;
  readonly variables: Readonly<Record<string, string | number>>;
  /** The demo client that may ask all of it, under this purpose. */
  readonly client: string;
  readonly purpose: string;
}

/** A daily piece of work of the province's agencies that crosses departments, as a ready query. */
export interface Journey extends JourneyFacts {
  readonly query: string;
}

const FATHER = '051085000001';
const DAUGHTER = '051319000002';

/** The nine journeys in their order: the fixed people and parcels of the seeds are the ones asked about. */
export const journeyCatalogue: readonly JourneyFacts[] = [
  {
    id: 'grade-one-enrolment',
    title: { vi: 'Tuyển sinh lớp 1', en: 'Grade-1 enrolment' },
    explanation: {
      vi: 'Một cửa nhận hồ sơ vào lớp 1: ngày sinh, nơi ở, tiêm chủng đủ, tên người giám hộ, không phải xin giấy tờ nào.',
      en: 'The counter takes a child into grade 1: birth date, residence, complete immunizations, guardian, with no paper asked for.',
    },
    variables: { child: DAUGHTER },
    client: 'mot-cua',
    purpose: 'ENROL',
  },
  {
    id: 'insurance-eligibility',
    title: { vi: 'Quyền lợi bảo hiểm y tế', en: 'Insurance eligibility' },
    explanation: {
      vi: 'Xem thẻ bảo hiểm của một người còn hạn không, mức hưởng nào, đăng ký khám ở đâu.',
      en: 'Whether a person’s health insurance is valid, at which level, and at which facility it is registered.',
    },
    variables: { citizen: FATHER },
    client: 'mot-cua',
    purpose: 'TTHC',
  },
  {
    id: 'land-transfer',
    title: { vi: 'Chuyển quyền sử dụng đất', en: 'Land transfer at the counter' },
    explanation: {
      vi: 'Từ một thửa đất đến những người có quyền, tình trạng hôn nhân, còn sống hay không, và các thế chấp còn hiệu lực.',
      en: 'From a parcel to its right holders, their marital status, whether they are alive, and the encumbrances that stand.',
    },
    variables: { commune: '21289', sheet: 12, number: 345 },
    client: 'mot-cua',
    purpose: 'LANDTX',
  },
  {
    id: 'death-of-a-citizen',
    title: { vi: 'Khi một công dân qua đời', en: 'Death of a citizen' },
    explanation: {
      vi: 'Sau khi khai tử: tình trạng trong sổ hộ tịch, đất đang đứng tên và thẻ bảo hiểm cần thu hồi.',
      en: 'After a death is declared: the civil status on record, the land still held, and the insurance to be ended.',
    },
    variables: { citizen: FATHER },
    client: 'mot-cua',
    purpose: 'TTHC',
  },
  {
    id: 'school-transfer',
    title: { vi: 'Chuyển trường', en: 'School transfer' },
    explanation: {
      vi: 'Trường mới xem học sinh đã học những trường nào, lớp nào, từ ngày nào.',
      en: 'The new school sees which schools and grades a pupil attended, and since when.',
    },
    variables: { pupil: DAUGHTER },
    client: 'so-gd-dt',
    purpose: 'ENROL',
  },
  {
    id: 'hospital-emergency',
    title: { vi: 'Cấp cứu', en: 'Hospital emergency' },
    explanation: {
      vi: 'Bác sĩ cấp cứu cần tên, dị ứng và bảo hiểm của người bệnh; dị ứng chỉ mở cho mục đích cấp cứu hoặc điều trị.',
      en: 'The emergency room needs name, allergies and insurance; allergies open for emergency or treatment only.',
    },
    variables: { patient: FATHER },
    client: 'so-y-te',
    purpose: 'EMERGENCY',
  },
  {
    id: 'pupils-insurance',
    title: { vi: 'Bảo hiểm của học sinh một trường', en: 'Insurance of a school’s pupils' },
    explanation: {
      vi: 'Học sinh của một trường cùng hạn thẻ bảo hiểm, 100 em đầu; danh sách nhiều người cần thêm phạm vi «:bulk».',
      en: 'The pupils of a school with the validity of their insurance, first 100; a list over many people needs a “:bulk” scope.',
    },
    variables: { school: '21289-TH', first: 100 },
    client: 'so-gd-dt',
    purpose: 'ENROL',
  },
  {
    id: 'resettlement',
    title: { vi: 'Tái định cư', en: 'Resettlement' },
    explanation: {
      vi: 'Các thửa đất của một xã, loại đất, diện tích và nơi ở hiện nay của người có quyền.',
      en: 'The parcels of a commune, their uses and areas, and where their right holders live now.',
    },
    variables: { commune: '21289', first: 20 },
    client: 'vp-dkdd',
    purpose: 'LANDTX',
  },
  {
    id: 'partner-kyc',
    title: { vi: 'Đối tác nhận biết khách hàng', en: 'Partner KYC' },
    explanation: {
      vi: 'Doanh nghiệp hỏi họ tên và ngày sinh có khớp không; câu trả lời chỉ là đúng hoặc sai, không kèm dữ liệu.',
      en: 'A company asks whether a name and birth date match; the answer is true or false and carries no data.',
    },
    variables: { personalNumber: FATHER, fullName: 'Phạm Văn Hiếu', birthDate: '1985-03-12' },
    client: 'viettel',
    purpose: 'KYC',
  },
];
