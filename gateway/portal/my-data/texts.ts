import type { Bilingual } from '../journeys/catalogue.ts';

/** Every text of the page. Said to the person in front of it, in everyday words. */
export const texts = {
  title: { vi: 'Ai đã xem dữ liệu của tôi?', en: 'Who looked at my data?' },
  product: { vi: 'Liên Thông · tỉnh Quảng Ngãi', en: 'Liên Thông · Quảng Ngãi province' },
  development: { vi: 'Dữ liệu giả lập', en: 'Invented data' },
  language: { vi: 'Ngôn ngữ', en: 'Language' },
  skip: { vi: 'Đến nội dung', en: 'Skip to the content' },
  loading: { vi: 'Đang tải…', en: 'Loading…' },

  welcome: {
    vi: 'Mỗi lần một cơ quan hoặc đối tác nhận dữ liệu của bạn qua Liên Thông, việc đó được ghi vào một cuốn sổ mà ai sửa cũng bị phát hiện. Tại đây bạn đọc phần nói về mình: ai, lúc nào, để làm gì, theo căn cứ nào và xem những gì.',
    en: 'Each time an agency or a partner gets data of yours through Liên Thông, it is written into a ledger that nobody can alter unnoticed. Here you read the part that is about you: who, when, what for, on which basis, and what they saw.',
  },
  logIn: { vi: 'Đăng nhập', en: 'Log in' },
  loggingIn: { vi: 'Đang chuyển sang trang đăng nhập…', en: 'Taking you to the login page…' },
  logInHint: {
    vi: 'Bạn sẽ sang trang định danh rồi tự động quay lại đây. Trang này không lưu gì trên máy; đóng trang là hết phiên.',
    en: 'You go to the identity page and come back here by yourself. Nothing is kept on this device; closing the page ends the session.',
  },
  logOut: { vi: 'Thoát', en: 'Log out' },
  loggedOut: { vi: 'Bạn đã thoát.', en: 'You are logged out.' },
  declined: {
    vi: 'Bạn đã không đăng nhập. Bấm «Đăng nhập» để thử lại.',
    en: 'You did not log in. Press “Log in” to try again.',
  },
  interrupted: {
    vi: 'Lượt đăng nhập bị gián đoạn hoặc đã quá hạn. Hãy đăng nhập lại.',
    en: 'The login was interrupted or took too long. Log in again.',
  },
  loginUnavailable: {
    vi: 'Chưa gọi được nơi đăng nhập. Hãy đợi ít phút rồi thử lại.',
    en: 'The login service cannot be reached. Wait a few minutes and try again.',
  },
  expired: {
    vi: 'Phiên đã hết hạn để bảo vệ bạn. Hãy đăng nhập lại để xem tiếp.',
    en: 'The session has ended, for your protection. Log in again to go on.',
  },
  unregistered: {
    vi: 'Sổ dân cư của tỉnh không có bạn, nên ở đây chưa tra được. Hãy hỏi công an xã nơi bạn cư trú.',
    en: 'The province’s population register does not have you, so nothing can be looked up here. Ask the commune police where you live.',
  },
  unavailable: {
    vi: 'Hiện không đọc được sổ. Dữ liệu của bạn không bị ảnh hưởng. Hãy thử lại sau ít phút.',
    en: 'The ledger cannot be read at the moment. Your data are not affected. Try again in a few minutes.',
  },
  unreachable: {
    vi: 'Không kết nối được. Hãy kiểm tra mạng rồi thử lại.',
    en: 'No connection. Check your network and try again.',
  },
  again: { vi: 'Thử lại', en: 'Try again' },

  filters: { vi: 'Lọc danh sách', en: 'Narrow the list' },
  from: { vi: 'Từ ngày', en: 'From' },
  to: { vi: 'Đến ngày', en: 'To' },
  agency: { vi: 'Cơ quan', en: 'Agency' },
  purpose: { vi: 'Mục đích', en: 'Purpose' },
  anyAgency: { vi: 'Mọi cơ quan', en: 'Any agency' },
  anyPurpose: { vi: 'Mọi mục đích', en: 'Any purpose' },
  withOwn: { vi: 'Cả những lần tôi tự xem', en: 'My own visits too' },
  apply: { vi: 'Lọc', en: 'Apply' },
  clear: { vi: 'Bỏ lọc', en: 'Clear' },
  print: { vi: 'In', en: 'Print' },
  printed: { vi: 'In lúc', en: 'Printed at' },
  narrowedTo: { vi: 'Đã lọc', en: 'Narrowed to' },

  list: { vi: 'Những lần dữ liệu được cung cấp', en: 'Disclosures' },
  times: { vi: 'lần', en: 'disclosures' },
  oneTime: { vi: 'lần', en: 'disclosure' },
  shown: { vi: 'đang hiện', en: 'shown' },
  loadedMore: { vi: 'Đã tải thêm', en: 'Loaded' },
  more: { vi: 'Xem thêm', en: 'Show more' },
  nothing: {
    vi: 'Chưa ai nhận dữ liệu của bạn qua Liên Thông.',
    en: 'Nobody has received data of yours through Liên Thông.',
  },
  nothingFound: {
    vi: 'Không có lần nào khớp với những gì bạn lọc.',
    en: 'Nothing matches what you narrowed the list to.',
  },

  unknownAgency: { vi: 'Không nêu cơ quan', en: 'No agency stated' },
  unknown: { vi: 'không nêu', en: 'not stated' },
  own: { vi: 'Bạn tự xem', en: 'You yourself' },
  change: { vi: 'Đã thay đổi dữ liệu', en: 'Data changed' },
  attempt: { vi: 'Yêu cầu thay đổi', en: 'Change asked for' },
  attemptHint: {
    vi: 'Sổ không ghi yêu cầu này đã được thực hiện: có thể ngành giữ dữ liệu đã từ chối. Muốn biết chắc, hãy hỏi cơ quan đã yêu cầu.',
    en: 'The ledger does not say that it was carried out: the department that keeps the data may have refused. To be sure, ask the agency that asked for it.',
  },
  saw: { vi: 'Đã xem', en: 'What they saw' },
  did: { vi: 'Đã làm', en: 'What they did' },
  askedFor: { vi: 'Đã yêu cầu', en: 'What they asked for' },
  sensitive: { vi: 'nhạy cảm', en: 'sensitive' },
  nothingSeen: { vi: 'không dữ liệu nào được trả ra', en: 'no data were handed out' },
  basis: { vi: 'Căn cứ', en: 'Legal basis' },
  law: { vi: 'Điều luật', en: 'Provision' },
  details: { vi: 'Chi tiết và bằng chứng', en: 'Details and evidence' },
  at: { vi: 'Thời điểm', en: 'Moment' },
  application: { vi: 'Phần mềm đã hỏi', en: 'Application that asked' },
  record: { vi: 'Mã trong sổ', en: 'Id in the ledger' },
  fields: { vi: 'Các trường dữ liệu', en: 'Fields' },
  passed: { vi: 'Các ngành chuyển cho nhau', en: 'Handed between departments' },
  passedTo: { vi: 'nhận', en: 'got' },

  check: { vi: 'Kiểm tra bằng chứng', en: 'Check the evidence' },
  checking: { vi: 'Đang kiểm tra…', en: 'Checking…' },
  proven: { vi: 'Bằng chứng đúng.', en: 'The evidence is sound.' },
  provenWhat: {
    vi: 'Trình duyệt của bạn vừa tự tính lại: lần này đứng đúng chỗ trong sổ, với đúng nội dung bạn đang thấy, và cả cuốn sổ đã được ký. Từ lúc ký, ai sửa hay xoá lần này thì chữ ký không còn khớp và việc đó bị phát hiện.',
    en: 'Your browser has just computed it for itself: this entry stands in its place in the ledger, says exactly what you see, and the whole ledger has been signed. Since then nobody can alter or remove it without the signature failing to match.',
  },
  notProven: {
    vi: 'Điều này không nói rằng sổ đã đủ mọi lần, cũng không nói rằng việc xem là đúng luật.',
    en: 'It does not say that the ledger is complete, nor that the access was lawful.',
  },
  place: { vi: 'Vị trí trong sổ', en: 'Place in the ledger' },
  signedAt: { vi: 'Sổ được ký lúc', en: 'Ledger signed at' },
  key: { vi: 'Khoá ký', en: 'Signing key' },
  unsigned: {
    vi: 'Sổ chưa được ký đến lần này: sổ được ký định kỳ, thường mỗi phút. Hãy kiểm tra lại sau một lát.',
    en: 'The ledger has not been signed up to this entry yet: it is from time to time, usually every minute. Check again in a while.',
  },
  unable: {
    vi: 'Trình duyệt này quá cũ để kiểm tra chữ ký. Hãy lưu bằng chứng và kiểm tra bằng trình duyệt mới hơn.',
    en: 'This browser is too old to check the signature. Save the evidence, and check it with a newer one.',
  },
  other: {
    vi: 'Bằng chứng là thật nhưng nói khác với nội dung trên trang này. Hãy lưu bằng chứng và báo cho cơ quan bảo vệ dữ liệu cá nhân.',
    en: 'The evidence is genuine but says something else than this page. Save it and report it to the personal data protection authority.',
  },
  unproven: { vi: 'Bằng chứng KHÔNG đúng.', en: 'The evidence is NOT sound.' },
  unprovenThen: {
    vi: 'Hãy lưu bằng chứng và báo cho cơ quan bảo vệ dữ liệu cá nhân.',
    en: 'Save it and report it to the personal data protection authority.',
  },
  faultCode: { vi: 'Mã lỗi', en: 'Code' },
  save: { vi: 'Lưu bằng chứng', en: 'Save the evidence' },

  about: { vi: 'Danh sách này cho biết gì, và không cho biết gì', en: 'What this list tells, and what it does not' },
  aboutEvery: {
    vi: 'Danh sách gồm mọi lần dữ liệu của bạn đi qua Liên Thông, kể cả khi câu trả lời là «không có» hay chỉ «đúng, sai».',
    en: 'The list holds every time that data of yours went through Liên Thông, even where the answer was “none”, or only yes or no.',
  },
  aboutValues: {
    vi: 'Sổ ghi loại dữ liệu, không ghi nội dung: tên, bệnh hay nhà đất của bạn không có trong sổ.',
    en: 'The ledger records kinds of data, never their content: your name, illnesses or land do not stand in it.',
  },
  aboutDelay: {
    vi: 'Lần nào luật cho chậm thông báo, hoặc đang bị giữ vì điều tra, chỉ hiện khi hết thời hạn đó.',
    en: 'What the law lets be told later, or an investigation holds back, appears once that time is over.',
  },
  aboutOthers: {
    vi: 'Danh sách không cho biết tên cán bộ, mã hồ sơ, hay lần đó còn xem dữ liệu của ai khác.',
    en: 'It does not tell the officer, the dossier, or whether anybody else’s data were seen at the same time.',
  },
  aboutWrong: {
    vi: 'Thấy lần nào bất thường? Hãy ghi lại mã trong sổ và hỏi cơ quan đó, hoặc cơ quan bảo vệ dữ liệu cá nhân.',
    en: 'Something looks wrong? Note its id in the ledger and ask the agency, or the personal data protection authority.',
  },
} as const satisfies Record<string, Bilingual>;

/** What a check found wrong with evidence, in everyday words; what stands for itself here is told with its code. */
export const faults = {
  FORMAT: { vi: 'Không đọc được bằng chứng.', en: 'The evidence cannot be read.' },
  PART_FORM: { vi: 'Không đọc được bằng chứng.', en: 'The evidence cannot be read.' },
  RECORD_ROOT: {
    vi: 'Nội dung của lần này không khớp với dấu niêm phong của chính nó: có chỗ đã bị sửa.',
    en: 'What this entry says does not match its own seal: something in it was altered.',
  },
  HEAD_FORM: { vi: 'Chữ ký của cuốn sổ không đúng.', en: 'The signature of the ledger is wrong.' },
  HEAD_SIGNATURE: { vi: 'Chữ ký của cuốn sổ không đúng.', en: 'The signature of the ledger is wrong.' },
  HEAD_KEY: {
    vi: 'Cuốn sổ không được ký bằng khoá của tỉnh.',
    en: 'The ledger is not signed with a key of the province.',
  },
  HEAD_ORIGIN: { vi: 'Bằng chứng lấy từ một cuốn sổ khác.', en: 'The evidence is of another ledger.' },
  INCLUSION: {
    vi: 'Trong cuốn sổ đã ký, ở chỗ này không phải là lần đó.',
    en: 'In the ledger that was signed, it is not this entry that stands at this place.',
  },
  CONSISTENCY: {
    vi: 'Cuốn sổ không nối tiếp phần đã ký trước đó.',
    en: 'The ledger does not continue what was signed before.',
  },
  KEYS: { vi: 'Không đọc được khoá công khai của tỉnh.', en: 'The public keys of the province cannot be read.' },
} as const satisfies Record<string, Bilingual>;
