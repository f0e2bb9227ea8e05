import type { Partner } from '@lienthong/registry';
import { dataFolder } from './folders.ts';
import type { RunningState } from './state.ts';

/** One question over four departments, about the fixed records that documents and tests use. */
const QUERY = `{
  citizen(personalNumber: "051085000001") {
    fullName
    residence { commune { name } }
    insurance { number validTo }
    family(role: CHILD) { citizen { fullName enrolments(current: true) { grade school { name } } } }
  }
  parcel(commune: "21289", sheet: 12, number: 345) { area uses { code area } encumbrances(active: true) { kind } }
}`;

/** What a newcomer needs next: addresses, who may ask for what, and one request to paste. */
export function summary(
  state: RunningState,
  data: string,
  partners: readonly Partner[],
  env: NodeJS.ProcessEnv = process.env,
): string {
  const departments = Object.entries(state.urls.departments).map(([name, url]) => `    ${name.padEnd(12)}${url}`);
  return `
Liên Thông đang chạy · is running

  Cổng · Gateway      ${state.urls.gateway}
  Trang thử · Console ${state.urls.console}
  Của tôi · My data   ${new URL('/my-data', state.urls.console).href}
  Cấp token · Issuer  ${state.urls.issuer}
  Đăng nhập · Log-in  http://127.0.0.1:${state.ports.upstream} (người giả lập · invented people)
  Số đo · Metrics     ${state.urls.metrics}
  Sở, ngành (chỉ trả lời cổng) · Departments (answer only the gateway)
${departments.join('\n')}
  Nhật ký · Logs      ${data}/logs

Ứng dụng mẫu (mục đích: số phạm vi) · Demo clients (purpose: number of scopes)
${clients(partners).join('\n')}

Dán vào một cửa sổ dòng lệnh khác, trong thư mục này · Paste into another terminal, in this folder:

${request(state, data, env)}

Tiếp theo · Next: README.vi.md · README.md; npx lienthong --help
Ctrl-C dừng tất cả · Ctrl-C stops everything
`;
}

function clients(partners: readonly Partner[]): readonly string[] {
  return partners.map(({ client, name, purposes }) => {
    const granted = purposes.map(({ purpose, scopes }) => `${purpose}: ${scopes.length}`).join(', ');
    return `    ${client.padEnd(12)}${name.vi} · ${name.en} (${granted})`;
  });
}

/** A shell command; the token is fetched when it runs, so it works as long as everything runs. */
export function request(state: RunningState, data: string, env: NodeJS.ProcessEnv = process.env): string {
  // Another terminal does not know of another data folder: then the command names the issuer itself.
  const elsewhere = data === dataFolder({ ...env, LIENTHONG_DATA: undefined }) ? '' : ` --issuer ${state.urls.issuer}`;
  const body = JSON.stringify({ query: QUERY.replace(/\s+/g, ' ') });
  return [
    `curl -s ${state.urls.gateway} -H 'content-type: application/json' \\`,
    `  -H "authorization: Bearer $(npx lienthong token --client mot-cua${elsewhere})" \\`,
    `  -d '${body}'`,
  ].join('\n');
}
