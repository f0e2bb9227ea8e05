import { section, withDefault } from './declaration/declare.ts';
import { path, word } from './declaration/types.ts';

export const internalToken = section(
  { vi: 'Token mà cổng ký cho các sở, ngành.', en: 'The token that the gateway signs for the departments.' },
  {
    keyFile: withDefault(path, './gateway-key.pem', {
      vi: 'Khoá riêng ES256 (PEM). Ở development được tạo khi khởi động lần đầu.',
      en: 'The private ES256 key (PEM). Made on first start in development.',
    }),
    binding: withDefault(word('body', 'channel'), 'body', {
      vi: 'body: mỗi lần gọi một token, gắn với nội dung; channel: một token cho một sở, ngành và một người gọi, dùng lại tối đa 30 giây, chỉ qua mTLS hoặc http:// trên chính máy này. Sở, ngành phải được đặt như vậy.',
      en: 'body: one token a call, bound to its body; channel: one token for one department and one caller, used again for 30 seconds at most, only over mTLS or http:// on this machine. Departments must be set to accept it.',
    }),
  },
);
