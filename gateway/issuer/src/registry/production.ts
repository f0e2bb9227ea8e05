import type { Messages } from '../errors.ts';
import type { Registry } from './types.ts';

/** Prefix that marks a secret as published in this repository: everybody knows it. */
const demoSecretPrefix = 'demo-';
/** Shortest client secret for production, in characters: 128 bits as hexadecimal (RFC 6749, section 10.10). */
const minimumSecretLength = 32;

/** What of a registry must not run in production; empty when all of it may. */
export function unsafeForProduction(registry: Registry): Messages[] {
  const findings: Messages[] = [];
  for (const { id, secret, grant } of registry.clients.values()) {
    if (secret.startsWith(demoSecretPrefix)) {
      findings.push({
        vi: `${id}: đang dùng bí mật trình diễn đã công khai; đặt "secret: \${TÊN_BIẾN}" với một bí mật ngẫu nhiên`,
        en: `${id}: uses a published demo secret; write "secret: \${VARIABLE}" with a random secret`,
      });
    } else if (secret.length < minimumSecretLength) {
      findings.push({
        vi: `${id}: bí mật ngắn hơn ${minimumSecretLength} ký tự; tạo bằng "openssl rand -hex 32"`,
        en: `${id}: the secret is shorter than ${minimumSecretLength} characters; make one with "openssl rand -hex 32"`,
      });
    }
    if (grant === 'development-login') {
      findings.push({
        vi: `${id}: đăng nhập công dân kiểu phát triển không xác minh ai cả; bỏ ứng dụng này khỏi sổ đăng ký`,
        en: `${id}: development login verifies nobody; remove this client from the registry`,
      });
    }
  }
  return findings;
}
