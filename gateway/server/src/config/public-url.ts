import { optional } from './declaration/declare.ts';
import { origin } from './declaration/types.ts';

export const publicUrl = optional(origin, {
  vi: 'Địa chỉ mà bên ngoài dùng để gọi cổng (DPoP htu, RFC 9728, RFC 9421). Bỏ trống: http://HOST:PORT đang lắng nghe.',
  en: 'The address by which the gateway is called from outside: what DPoP htu, RFC 9728 and RFC 9421 mean. Absent: http://HOST:PORT of the listener.',
});
