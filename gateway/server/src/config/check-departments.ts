import { readClientTls, TlsFileError } from '../execution/department-tls.ts';
import type { Reader } from './declaration/read.ts';
import type { DepartmentConfig, GatewayConfig } from './settings.ts';

/** What the settings of departments must hold together. */
export function checkDepartments(config: GatewayConfig, reader: Reader): void {
  const composed = 'departments' in config.supergraph ? config.supergraph.departments : {};
  const names = new Set([...Object.keys(config.departments), ...Object.keys(composed)]);
  for (const name of names) {
    const department = Object.hasOwn(config.departments, name) ? config.departments[name] : undefined;
    const url = department?.url ?? (Object.hasOwn(composed, name) ? composed[name]?.url : undefined);
    const secure = url === undefined ? undefined : new URL(url).protocol === 'https:';
    if (department?.tls) checkTls(name, department.tls, secure, reader);
    const presents = department?.tls?.certificate !== undefined || department?.tls?.key !== undefined;
    if (secure && config.internalToken.binding === 'channel' && !presents) {
      reader.reportAt(['departments', name, 'tls'], 'CONFIG_INVALID_VALUE', {
        vi: `internalToken.binding: channel qua mạng cần chứng thư của cổng. Thêm departments.${name}.tls với certificate và key, hoặc dùng binding: body.`,
        en: `internalToken.binding: channel over a network needs a certificate of the gateway. Add departments.${name}.tls with certificate and key, or use binding: body.`,
      });
    }
  }
}

function checkTls(
  name: string,
  tls: NonNullable<DepartmentConfig['tls']>,
  secure: boolean | undefined,
  reader: Reader,
): void {
  if (secure === false) {
    reader.reportAt(['departments', name, 'tls'], 'CONFIG_INVALID_VALUE', {
      vi: `chỉ có nghĩa khi departments.${name}.url bắt đầu bằng https://.`,
      en: `means something only where departments.${name}.url starts with https://.`,
    });
  }
  try {
    readClientTls(tls);
  } catch (error) {
    if (!(error instanceof TlsFileError)) throw error;
    reader.reportAt(['departments', name, 'tls', error.setting], 'CONFIG_INVALID_VALUE', {
      vi: `không dùng được: ${error.message}. Kiểm tra tệp PEM và quyền đọc.`,
      en: `cannot be used: ${error.message}. Check the PEM file and its permissions.`,
    });
  }
}
