import type { Messages, Partner } from './partner.ts';

/** Prefix that marks a secret as published in this repository: everybody knows it. */
const demoSecretPrefix = 'demo-';

/** What of a registration must not run in production; empty when all of it may. */
export function unsafeForProduction({ authentication, login }: Partner): Messages[] {
  const findings: Messages[] = [];
  if (authentication.method === 'client_secret_basic') {
    findings.push(
      authentication.secret.startsWith(demoSecretPrefix)
        ? {
            vi: 'đang dùng bí mật mẫu đã công khai; đăng ký khoá công khai của đối tác (private_key_jwt)',
            en: "uses a published demo secret; register the partner's public key (private_key_jwt)",
          }
        : {
            vi: 'dùng bí mật chung; production chỉ nhận private_key_jwt hoặc chứng thư TLS (FAPI 2.0)',
            en: 'uses a shared secret; production takes private_key_jwt or TLS certificates only (FAPI 2.0)',
          },
    );
  }
  if (login?.of === 'citizens' && login.redirectUris.length === 0) {
    findings.push({
      vi: 'đăng nhập công dân kiểu phát triển không xác minh ai cả; ghi redirectUris hoặc bỏ ứng dụng này',
      en: 'development login verifies nobody; give redirectUris or remove this client',
    });
  }
  return findings;
}
