import { optional, sectionOrFalse, withDefault } from './declaration/declare.ts';
import { existingFile, path } from './declaration/types.ts';

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
    otherKeys: optional(existingFile, {
      vi: 'JWKS các khoá công khai được công bố thêm: khoá kế tiếp, và khoá cũ với hạn exp. Đọc lại khi tệp đổi.',
      en: 'A JWKS of public keys that are published besides: the next one, and former ones with their exp. Read again when it changes.',
    }),
  },
);
