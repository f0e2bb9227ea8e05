import type { Bilingual } from '../journeys/catalogue.ts';

/** Every text of the console. GraphiQL's own tooltips and panels exist in English only. */
export const texts = {
  title: { vi: 'Liên Thông', en: 'Liên Thông' },
  subtitle: {
    vi: 'Cổng GraphQL chia sẻ dữ liệu giữa các cơ quan tỉnh Quảng Ngãi',
    en: 'GraphQL gateway through which the agencies of Quảng Ngãi share data',
  },
  development: { vi: 'Môi trường phát triển · dữ liệu giả định', en: 'Development · invented data' },
  production: { vi: 'Môi trường chính thức', en: 'Production' },
  language: { vi: 'Ngôn ngữ', en: 'Language' },
  skip: { vi: 'Đến ô truy vấn', en: 'Skip to the query' },
  journeys: { vi: 'Chín hành trình', en: 'Nine journeys' },
  journeysHint: {
    vi: 'Chọn một việc thường ngày: đúng ứng dụng, đúng mục đích và câu truy vấn được điền sẵn.',
    en: 'Pick a daily task: the right client, its purpose and the query are filled in.',
  },
  caller: { vi: 'Bên gọi', en: 'Caller' },
  client: { vi: 'Ứng dụng', en: 'Client' },
  purpose: { vi: 'Mục đích', en: 'Purpose' },
  anonymous: { vi: 'Không token', en: 'No token' },
  ownTokenOption: { vi: 'Token của tôi', en: 'My own token' },
  renew: { vi: 'Lấy token mới', en: 'Renew token' },
  fetching: { vi: 'Đang lấy…', en: 'Fetching…' },
  copy: { vi: 'Chép token', en: 'Copy token' },
  copied: { vi: 'Đã chép', en: 'Copied' },
  ownToken: { vi: 'Token của tôi', en: 'My own token' },
  ownTokenHint: {
    vi: 'Dán access token của ứng dụng. Token chỉ nằm trong trang này, mất khi đóng trang.',
    en: 'Paste your application’s access token. It stays in this page and is gone when the page closes.',
  },
  useToken: { vi: 'Dùng', en: 'Use' },
  notJwt: {
    vi: 'Token này không phải JWT, cổng sẽ không nhận. Kiểm tra lại nơi cấp.',
    en: 'This token is not a JWT and the gateway will not take it. Check where it came from.',
  },
  notOffered: {
    vi: 'Cổng này không cho mượn ứng dụng của hành trình đó. Chọn ứng dụng khác hoặc dán token của mình.',
    en: 'This gateway does not lend the client of that journey. Choose another one or paste a token of your own.',
  },
  noToken: {
    vi: 'Chưa có token: cổng chỉ trả dữ liệu công khai.',
    en: 'No token: the gateway answers with public data only.',
  },
  organisation: { vi: 'Cơ quan', en: 'Agency' },
  legalBasis: { vi: 'Căn cứ', en: 'Legal basis' },
  dossier: { vi: 'Hồ sơ', en: 'Dossier' },
  scopes: { vi: 'Phạm vi', en: 'Scopes' },
  timeLeft: { vi: 'Thời gian còn lại của token', en: 'How long the token lasts' },
  left: { vi: 'Còn', en: 'Valid' },
  expired: { vi: 'Đã hết hạn', en: 'Expired' },
  refused: { vi: 'Trường bị từ chối', en: 'Refused fields' },
  path: { vi: 'Vị trí trong câu trả lời', en: 'Place in the answer' },
  coordinate: { vi: 'Trường', en: 'Field' },
  missing: { vi: 'Cần có', en: 'Required' },
  undisclosed: { vi: 'Cổng không tiết lộ', en: 'Not disclosed' },
  closed: { vi: 'Không token nào mở được', en: 'No token opens it' },
  tokenNeeded: { vi: 'Cần có token', en: 'A token' },
  or: { vi: 'hoặc', en: 'or' },
  otherErrors: { vi: 'Lỗi khác', en: 'Other errors' },
  requestId: { vi: 'Mã yêu cầu', en: 'Request id' },
  unreachable: {
    vi: 'Không gọi được cổng. Kiểm tra cổng đang chạy rồi thử lại.',
    en: 'The gateway cannot be reached. Check that it is running, then try again.',
  },
  notGraphql: {
    vi: 'Cổng trả lời không phải JSON. Xem nhật ký của cổng theo mã yêu cầu.',
    en: 'The gateway’s answer is not JSON. Look up the request id in its log.',
  },
} as const satisfies Record<string, Bilingual>;

/** Purposes of the catalogue, by code; an unknown code is shown as it is. */
export const purposeNames: Readonly<Record<string, Bilingual>> = {
  TTHC: { vi: 'Thủ tục hành chính', en: 'Administrative procedure' },
  ENROL: { vi: 'Tuyển sinh', en: 'School enrolment' },
  BHYT: { vi: 'Bảo hiểm y tế', en: 'Health insurance' },
  LANDTX: { vi: 'Giao dịch đất đai', en: 'Land transaction' },
  WELFARE: { vi: 'An sinh xã hội', en: 'Welfare' },
  KYC: { vi: 'Xác minh khách hàng', en: 'Know your customer' },
  TREATMENT: { vi: 'Điều trị', en: 'Treatment' },
  EMERGENCY: { vi: 'Cấp cứu', en: 'Emergency' },
  STATS: { vi: 'Thống kê', en: 'Statistics' },
  AUDIT: { vi: 'Kiểm tra', en: 'Audit' },
};

/** Legal bases that a token may name, with the provision each stands for. */
export const legalBasisNames: Readonly<Record<string, Bilingual>> = {
  CONSENT: { vi: 'Có đồng ý (Luật 91/2025, Điều 9)', en: 'Consent (Law 91/2025, art. 9)' },
  NO_CONSENT: { vi: 'Không cần đồng ý (Luật 91/2025, Điều 19)', en: 'Without consent (Law 91/2025, art. 19)' },
  MANDATORY_SHARE: { vi: 'Chia sẻ bắt buộc (Nghị định 278/2025)', en: 'Mandatory sharing (Decree 278/2025)' },
  CHILD_REP: { vi: 'Đại diện của trẻ em (Luật 91/2025, Điều 24)', en: 'Child’s representative (Law 91/2025, art. 24)' },
  SELF: { vi: 'Chính chủ thể dữ liệu', en: 'The person concerned' },
};
