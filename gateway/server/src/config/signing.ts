import { optional, optionalSection, required, sectionOrFalse, withDefault } from './declaration/declare.ts';
import { count, existingFile, path, text } from './declaration/types.ts';

export const signing = sectionOrFalse(
  {
    vi: 'Chữ ký trên mọi câu trả lời (RFC 9421), xem signed-answers.md. false: không ký (có cảnh báo khi khởi động).',
    en: 'The signature on every answer (RFC 9421), see signed-answers.md. false: none, warned at start.',
  },
  {
    keyFile: withDefault(path, './signing-key.pem', {
      vi: 'Khoá riêng ES256 hoặc Ed25519: PEM, kèm chứng thư của nó trong cùng tệp (của chính nó trước, rồi nơi cấp), hoặc JWK. Đọc lại khi tệp đổi. Ở development được tạo khi khởi động lần đầu.',
      en: 'The private key, ES256 or Ed25519: PEM, followed by its certificates in the same file (its own first, then the issuers), or a JWK. Read again when it changes. Made on first start in development.',
    }),
    token: optionalSection(
      {
        vi: 'Khoá riêng nằm trong thiết bị bảo mật (PKCS #11), chỉ ES256; keyFile chứa khoá công khai hoặc chứng thư của nó. Cần gói pkcs11js.',
        en: 'The private key is on a security token (PKCS #11), ES256 alone; keyFile holds its public half or certificates. Needs the package pkcs11js.',
      },
      {
        library: required(existingFile, {
          vi: 'Thư viện PKCS #11 của hãng, ví dụ /usr/lib/softhsm/libsofthsm2.so.',
          en: "The maker's PKCS #11 library, for example /usr/lib/softhsm/libsofthsm2.so.",
        }),
        label: required(text, { vi: 'Nhãn của thiết bị.', en: "The token's label." }),
        key: required(text, {
          vi: 'Nhãn của khoá; trong các khoá cùng nhãn, khoá khớp với keyFile sẽ ký.',
          en: 'The label of the key; of several under one label, that which belongs to keyFile signs.',
        }),
        pin: required(text, { vi: 'Mã PIN, ví dụ ${TOKEN_PIN}.', en: 'The PIN, for example ${TOKEN_PIN}.' }),
        sessions: withDefault(count(1, 64), '4', {
          vi: 'Số chữ ký được làm cùng lúc.',
          en: 'How many signatures are made at a time.',
        }),
      },
    ),
    otherKeys: optional(existingFile, {
      vi: 'JWKS các khoá công khai được công bố thêm: khoá kế tiếp, và khoá cũ với hạn exp. Đọc lại khi tệp đổi.',
      en: 'A JWKS of public keys that are published besides: the next one, and former ones with their exp. Read again when it changes.',
    }),
  },
);
