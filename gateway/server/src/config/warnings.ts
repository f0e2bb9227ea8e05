import { heldApart } from './check-processes.ts';
import type { ConfigWarning } from './errors.ts';
import type { GatewayConfig } from './settings.ts';

/** Allowed, and said aloud at every start. */
export function warningsOf(config: GatewayConfig): readonly ConfigWarning[] {
  const warnings: ConfigWarning[] = [];
  if (config.audit === false) {
    warnings.push({
      code: 'AUDIT_OFF',
      key: 'audit',
      messages: {
        vi: 'Không có sổ ghi truy cập: không ai chứng minh được ai đã xem dữ liệu của ai. Tạo sổ bằng lienthong audit migrate rồi đặt audit.database.',
        en: 'No ledger is kept: nobody can prove who looked at whose data. Make one by lienthong audit migrate, then set audit.database.',
      },
    });
  }
  if (config.signing === false) {
    warnings.push({
      code: 'ANSWERS_UNSIGNED',
      key: 'signing',
      messages: {
        vi: 'Câu trả lời không được ký: bên nhận không chứng minh được với ai rằng tỉnh đã trả lời như vậy.',
        en: 'Answers are not signed: whoever receives one can prove to nobody that the province gave it.',
      },
    });
  }
  if (config.audit !== false && config.signing === false) {
    warnings.push({
      code: 'AUDIT_UNSIGNED',
      key: 'signing',
      messages: {
        vi: 'Có sổ ghi truy cập nhưng không đầu cây nào được ký: sửa sổ về sau sẽ không ai nhận ra. Đặt signing.keyFile.',
        en: 'A ledger is kept, but no head of it is signed: nobody would notice if it were rewritten. Set signing.keyFile.',
      },
    });
  }
  if (config.authorization.mode === 'report') {
    warnings.push({
      code: 'REPORT_ONLY',
      key: 'authorization.mode',
      messages: {
        vi: 'Chế độ report trả lời mọi trường, kể cả trường không được phép.',
        en: 'Mode report answers every field, denied ones included.',
      },
    });
  }
  const apart = heldApart(config);
  if (apart !== undefined) {
    warnings.push({
      code: 'PROCESSES_APART',
      key: 'processes',
      messages: {
        vi: `Với ${config.processes} tiến trình, ${apart.vi}. Đặt state.redis; production từ chối khởi động nếu thiếu.`,
        en: `With ${config.processes} processes, ${apart.en}. Set state.redis; production refuses to start without.`,
      },
    });
  }
  for (const [name, { timeout }] of Object.entries(config.departments)) {
    if (timeout <= config.execution.timeout) continue;
    warnings.push({
      code: 'DEPARTMENT_TIMEOUT_CUT',
      key: `departments.${name}.timeout`,
      messages: {
        vi: `Không lần gọi nào tới ${name} được chờ lâu như vậy: execution.timeout hết trước. Tăng execution.timeout hoặc giảm số này.`,
        en: `No call to ${name} is waited for as long: execution.timeout ends before. Raise execution.timeout, or lower this.`,
      },
    });
  }
  config.authentication.issuers.forEach((issuer, index) => {
    if (issuer.allow !== undefined) return;
    warnings.push({
      code: 'ISSUER_UNCAPPED',
      key: `authentication.issuers[${index}].allow`,
      messages: {
        vi: `Nơi cấp ${issuer.issuer} được quyền xác nhận mọi phạm vi, mục đích và cơ quan. Nêu allow để giới hạn.`,
        en: `The issuer ${issuer.issuer} may vouch for every scope, purpose and agency. Write allow to cap it.`,
      },
    });
  });
  const trusted = new Set(config.authentication.issuers.map(({ issuer }) => issuer));
  config.registry?.issuers.forEach((issuer, index) => {
    if (trusted.has(issuer)) return;
    warnings.push({
      code: 'REGISTRY_ISSUER_UNKNOWN',
      key: `registry.issuers[${index}]`,
      messages: {
        vi: `${issuer} không có trong authentication.issuers (so khớp từng ký tự): sổ đăng ký không xét token nào của nơi này.`,
        en: `${issuer} is not among authentication.issuers (compared exactly): the registry judges no token of it.`,
      },
    });
  });
  return warnings;
}
