import { optional, optionalSection, required, section, sectionOrFalse, withDefault } from './declaration/declare.ts';
import { duration, objectIdentifier, openAddress, path, postgresAddress, text, word } from './declaration/types.ts';

export const audit = sectionOrFalse(
  {
    vi: 'Sổ ghi truy cập: ai đã được trả lời những gì, về ai, theo mục đích nào (docs/ledger.md). false: không ghi, có cảnh báo khi khởi động. Bỏ trống: false ở development, bị từ chối ở production.',
    en: 'The ledger: who was answered what, about whom, for which purpose (docs/ledger.md). false: none, warned at start. Absent: false in development, refused in production.',
  },
  {
    database: required(postgresAddress, {
      vi: 'Cơ sở dữ liệu của sổ, với vai trò ghi mà lienthong audit migrate đã tạo: vai trò này chỉ thêm được, không sửa, không xoá, không đọc.',
      en: 'The database of the ledger, by the writer role that lienthong audit migrate made: it can append, and neither change, delete nor read.',
    }),
    origin: withDefault(text, 'lienthong/ledger', {
      vi: 'Tên của sổ, giữ mãi: đứng trong mọi đầu cây có chữ ký, để không nhầm với sổ khác. Nên lấy tên miền của cổng.',
      en: 'The name of this ledger, for ever: it stands in every signed head, so that none is taken for that of another. Take the gateway’s domain.',
    }),
    mode: withDefault(word('strict', 'bounded'), 'strict', {
      vi: 'strict: mọi câu trả lời chờ đến khi được ghi bền vững. bounded: câu trả lời không có dữ liệu cá nhân chỉ chờ tối đa delay.',
      en: 'strict: every answer waits until its record is durable. bounded: an answer without personal data waits no longer than delay.',
    }),
    delay: withDefault(duration('1ms', '5s'), '20ms', {
      vi: 'Với bounded: thời gian chờ tối đa của câu trả lời không có dữ liệu cá nhân.',
      en: 'With bounded: how long an answer without personal data waits at most.',
    }),
    timeout: withDefault(duration('100ms', '30s'), '3s', {
      vi: 'Quá thời gian này mà chưa ghi được thì dữ liệu cá nhân không được trả (503 LEDGER_UNAVAILABLE).',
      en: 'What is not recorded by then is not served, if it is personal data (503 LEDGER_UNAVAILABLE).',
    }),
    subjectKeyFile: withDefault(path, './ledger-subject.key', {
      vi: 'Khoá bí mật để sổ chỉ biết mỗi người qua một mã riêng. Một dòng: s1. và base64url của 32 byte. Ở development được tạo khi khởi động lần đầu.',
      en: 'The secret by which the ledger knows each person under an id of its own. One line: s1. and base64url of 32 bytes. Made on first start in development.',
    }),
    provinceKeyFile: optional(path, {
      vi: 'Khoá tỉnh mà các sở, ngành dùng để tạo Citizen.id. Bắt buộc khi một trường tra người theo số định danh: sổ phải biết đó là ai, kể cả khi không tìm thấy.',
      en: 'The province key by which departments make Citizen.id. Needed where a field looks a person up by number: the ledger has to know who that is, found or not.',
    }),
    heads: section(
      {
        vi: 'Đầu cây có chữ ký (signed tree head): chứng thực toàn bộ sổ đến một thời điểm. Ký bằng khoá của signing.',
        en: 'Signed tree heads: each vouches for the whole ledger up to a moment. By the key of signing.',
      },
      {
        every: withDefault(duration('1s', '1d'), '1m', {
          vi: 'Khoảng cách giữa hai lần ký.',
          en: 'Time from one to the next.',
        }),
        file: optional(path, {
          vi: 'Tệp mà mỗi đầu cây mới được nối vào, cho người làm chứng sao giữ.',
          en: 'A file to which each new head is appended, for witnesses to copy.',
        }),
      },
    ),
    timeStamps: optionalSection(
      {
        vi: 'Dấu thời gian (RFC 3161) cho đầu cây, do tổ chức bên ngoài cấp: không ai lùi được ngày của sổ. Bỏ trống: không có, và không gì được gửi ra ngoài. Chỉ mã băm của đầu cây được gửi đi.',
        en: 'Time stamps (RFC 3161) of heads, by an authority outside: nobody can date the ledger back. Absent: none, and nothing is sent anywhere. All that leaves is the hash of a head.',
      },
      {
        url: required(openAddress, {
          vi: 'Địa chỉ của tổ chức cấp dấu thời gian. http:// cũng được: câu trả lời tự nó có chữ ký.',
          en: 'Address of the time stamp authority. http:// will do: what it answers is signed itself.',
        }),
        certificates: required(path, {
          vi: 'Tệp PEM: chứng thư gốc (hoặc của chính tổ chức đó) mà dấu thời gian phải dẫn đến. Không hợp lệ thì không lưu.',
          en: 'PEM file: certificates of authorities (or of this one itself) that its stamps have to lead to. What does not is not kept.',
        }),
        policy: optional(objectIdentifier, {
          vi: 'Chính sách (OID) mà dấu thời gian phải theo. Bỏ trống: theo tổ chức đó.',
          en: 'The policy (OID) under which stamps have to be made. Absent: the authority’s own.',
        }),
        every: withDefault(duration('1m', '1d'), '1h', {
          vi: 'Khoảng cách giữa hai dấu thời gian. Không lấy được thì thử lại mỗi phút; đầu cây vẫn được ký.',
          en: 'Time from one stamp to the next. What fails is tried again each minute; heads are signed all the same.',
        }),
        file: optional(path, {
          vi: 'Tệp mà mỗi đầu cây cùng dấu thời gian được nối vào, mỗi dòng {"head","timeStamp"}.',
          en: 'A file to which each head is appended with its stamp, a line {"head","timeStamp"} each.',
        }),
      },
    ),
  },
  { absenceUnsafe: true, absent: 'false' },
);
