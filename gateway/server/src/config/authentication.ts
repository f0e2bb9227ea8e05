import { oneKeyOf, optional, optionalRowOf, required, rowOf, section, withDefault } from './declaration/declare.ts';
import { duration, existingFile, list, text, webAddress, word } from './declaration/types.ts';

/** Asymmetric only: with a shared secret (HS256) whoever checks a token could also make one (RFC 8725 §3.2). */
const algorithm = word('ES256', 'ES384', 'ES512', 'PS256', 'PS384', 'PS512', 'RS256', 'EdDSA');

const issuer = section(
  { vi: 'Một nơi cấp token được tin cậy.', en: 'One trusted token issuer.' },
  {
    issuer: required(text, {
      vi: 'Giá trị iss của token, so khớp từng ký tự.',
      en: 'The iss of its tokens, compared exactly.',
    }),
    jwks: oneKeyOf(
      { vi: 'Khoá công khai của nơi cấp.', en: "The issuer's public keys." },
      {
        file: required(existingFile, { vi: 'Tệp JWKS.', en: 'A JWKS file.' }),
        url: required(webAddress, { vi: 'Địa chỉ JWKS.', en: 'The address of a JWKS.' }),
      },
    ),
    algorithms: withDefault(list(algorithm), 'ES256,PS256,EdDSA', {
      vi: 'Thuật toán chữ ký được nhận.',
      en: 'The signature algorithms accepted.',
    }),
    scopeClaim: withDefault(text, 'scope', {
      vi: 'Tên claim chứa phạm vi.',
      en: 'The claim that holds the scopes.',
    }),
    scopeFormat: withDefault(word('string', 'array'), 'string', {
      vi: 'Dạng của claim đó: chuỗi cách nhau bằng dấu cách, hoặc mảng. Dạng khác không cấp quyền gì.',
      en: 'The shape of that claim: a space-separated string, or an array. Any other shape grants nothing.',
    }),
    claims: section(
      {
        vi: 'Tên các claim ở nơi cấp đặt tên khác RFC 9068 và chuẩn của tỉnh.',
        en: 'Names of claims, for an issuer that calls them otherwise than RFC 9068 and the province do.',
      },
      {
        client: withDefault(text, 'client_id', { vi: 'Ứng dụng.', en: 'The client.' }),
        org: withDefault(text, 'org', { vi: 'Cơ quan.', en: 'The agency.' }),
        purpose: withDefault(text, 'purpose', { vi: 'Mục đích.', en: 'The purpose.' }),
        legalBasis: withDefault(text, 'legal_basis', { vi: 'Căn cứ pháp lý.', en: 'The legal basis.' }),
        caseId: withDefault(text, 'case_id', { vi: 'Hồ sơ.', en: 'The case.' }),
        citizen: withDefault(text, 'citizen', { vi: 'Khoá của chính công dân.', en: "The person's own key." }),
      },
    ),
    keysMaxStale: withDefault(duration('1m', '7d'), '1d', {
      vi: 'Khi không liên lạc được nơi cấp, bộ khoá đã có được dùng thêm tối đa chừng này.',
      en: 'While the issuer cannot be reached, the keys that were fetched last serve on for so long.',
    }),
    allow: optionalRowOf(
      {
        vi: 'Giới hạn những gì nơi cấp này được quyền xác nhận; có thể có nhiều, mỗi giới hạn là một bộ cơ quan, mục đích và phạm vi. Bỏ trống: không giới hạn, có cảnh báo.',
        en: 'Caps what this issuer may vouch for; there may be several, each a whole of agencies, purposes and scopes. Absent: uncapped, warned.',
      },
      section(
        { vi: 'Một giới hạn.', en: 'One cap.' },
        {
          scopes: optional(list(text, true), { vi: 'Các phạm vi được phép.', en: 'The scopes allowed.' }),
          purposes: optional(list(text, true), { vi: 'Các mục đích được phép.', en: 'The purposes allowed.' }),
          orgs: optional(list(text, true), { vi: 'Các cơ quan được phép.', en: 'The agencies allowed.' }),
        },
      ),
    ),
  },
);

export const authentication = section(
  { vi: 'Xác thực token truy cập (RFC 9068).', en: 'Authentication of access tokens (RFC 9068).' },
  {
    audience: withDefault(text, 'urn:gateway', {
      vi: 'Giá trị mà aud của token phải chứa.',
      en: "What the token's aud must contain.",
    }),
    clockTolerance: withDefault(duration('0s', '5m'), '10s', {
      vi: 'Độ lệch đồng hồ được chấp nhận.',
      en: 'The clock difference tolerated.',
    }),
    maxTokenLifetime: withDefault(duration('1s', '30d'), '1h', {
      vi: 'Thời hạn token dài nhất (exp − iat).',
      en: 'The longest lifetime of a token (exp − iat).',
    }),
    boundTokens: withDefault(word('optional', 'required'), 'optional', {
      vi: 'required: từ chối token không gắn khoá (cnf).',
      en: 'required: tokens without cnf are refused.',
    }),
    dpop: section(
      { vi: 'Chứng minh sở hữu khoá (RFC 9449).', en: 'Proof of possession (RFC 9449).' },
      {
        nonce: withDefault(word('off', 'required'), 'off', {
          vi: 'required: đòi nonce của máy chủ.',
          en: 'required: a server nonce is demanded.',
        }),
        proofLifetime: withDefault(duration('5s', '5m'), '1m', {
          vi: 'Bằng chứng DPoP được nhận trong khoảng này trước và sau iat của nó.',
          en: 'A DPoP proof is taken for so long before and after its iat.',
        }),
      },
    ),
    issuers: rowOf({ vi: 'Các nơi cấp token được tin cậy.', en: 'The trusted token issuers.' }, issuer),
  },
);
