import { loadRegistryFile, type Messages, type Partner, RegistryError } from '@lienthong/registry';
import { clientCredentials, developmentLogin } from './grants/names.ts';

/** What `lienthong token` and the console ask for; absent members leave the choice to the registry. */
export interface TokenQuestion {
  /** URL of the issuer, such as http://127.0.0.1:4100. */
  readonly issuer: string;
  /** The registry file that holds the client's secret. */
  readonly registryFile: string;
  readonly client: string;
  /** Space-separated; absent: every scope that the client has for the purpose. */
  readonly scope?: string;
  /** Absent: the client's first registered purpose. */
  readonly purpose?: string;
  readonly caseId?: string;
  /** Personal number of the citizen to log in; development only. */
  readonly citizen?: string;
}

export interface IssuedToken {
  readonly ok: true;
  readonly token: string;
  /** Seconds. */
  readonly expiresIn: number;
  readonly scope: string;
}

/** Why there is no token; `code` is stable, the messages say what to do next. */
export interface NoToken {
  readonly ok: false;
  readonly code:
    | 'registry_invalid'
    | 'unknown_client'
    | 'key_required'
    | 'login_required'
    | 'login_not_allowed'
    | 'issuer_unreachable'
    | 'invalid_client'
    | 'invalid_scope'
    | 'invalid_request'
    | 'unexpected_answer';
  readonly messages: Messages;
}

/** Milliseconds; the issuer answers in a few. */
const timeout = 10_000;

/** Asks the issuer for a token as a client of the registry. Never throws for what a person can put right. */
export async function requestToken(question: TokenQuestion): Promise<IssuedToken | NoToken> {
  let partners: readonly Partner[];
  try {
    partners = loadRegistryFile(question.registryFile);
  } catch (error) {
    if (error instanceof RegistryError) return refuse('registry_invalid', error.messages.vi, error.messages.en);
    throw error;
  }
  const partner = partners.find(({ client }) => client === question.client);
  if (!partner) {
    const ids = partners.map(({ client }) => client).join(', ');
    return refuse(
      'unknown_client',
      `không có ứng dụng này; có: ${ids}. Đối tác có khoá riêng tự xin token: docs/partner-client.vi.md`,
      `no such client; there are: ${ids}. A partner with a key of its own fetches its tokens itself: docs/partner-client.md`,
    );
  }
  const { authentication } = partner;
  if (authentication.method !== 'client_secret_basic') {
    return refuse(
      'key_required',
      `${partner.client} xác thực bằng khoá riêng mà chỉ đối tác giữ; xem docs/partner-client.vi.md`,
      `${partner.client} authenticates by a key that only the partner holds; see docs/partner-client.md`,
    );
  }
  return checkLogin(question, partner, partners) ?? (await send(question, partner, authentication.secret));
}

function checkLogin(
  { citizen }: TokenQuestion,
  { client, login }: Partner,
  partners: readonly Partner[],
): NoToken | undefined {
  const logsIn = login?.of === 'citizens';
  if (logsIn === (citizen !== undefined)) return undefined;
  if (logsIn) {
    return refuse(
      'login_required',
      `${client} hỏi thay cho một công dân; thêm --citizen SỐ-ĐỊNH-DANH`,
      `${client} asks on behalf of a citizen; add --citizen PERSONAL-NUMBER`,
    );
  }
  const others = partners.filter((each) => each.login?.of === 'citizens').map((each) => each.client);
  return refuse(
    'login_not_allowed',
    `${client} không đăng nhập công dân được; dùng --client ${others.join(' | ')}`,
    `${client} cannot log citizens in; use --client ${others.join(' | ')}`,
  );
}

async function send(question: TokenQuestion, partner: Partner, secret: string): Promise<IssuedToken | NoToken> {
  const form = new URLSearchParams({
    grant_type: question.citizen === undefined ? clientCredentials : developmentLogin,
  });
  const { scope, purpose, caseId, citizen } = question;
  for (const [name, value] of Object.entries({ scope, purpose, case_id: caseId, personal_number: citizen })) {
    if (value !== undefined) form.set(name, value);
  }
  const credentials = [partner.client, secret].map(encodeURIComponent).join(':');
  let response: Response;
  let body: Record<string, unknown>;
  try {
    response = await fetch(new URL('/token', question.issuer), {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(credentials).toString('base64')}`, accept: 'application/json' },
      body: form,
      redirect: 'error',
      signal: AbortSignal.timeout(timeout),
    });
    body = Object(await response.json());
  } catch {
    return refuse(
      'issuer_unreachable',
      `không có nơi cấp token nào trả lời tại ${question.issuer}; khởi động bằng: npm start`,
      `no issuer answers at ${question.issuer}; start it with: npm start`,
    );
  }
  return response.ok ? readToken(body) : explain(body, question, partner);
}

function readToken(body: Record<string, unknown>): IssuedToken | NoToken {
  const { access_token: token, expires_in: expiresIn, scope } = body;
  if (typeof token === 'string' && typeof expiresIn === 'number' && typeof scope === 'string') {
    return { ok: true, token, expiresIn, scope };
  }
  return refuse('unexpected_answer', 'nơi cấp token trả lời không đúng chuẩn', 'the issuer gave no standard answer');
}

function explain(
  body: Record<string, unknown>,
  question: TokenQuestion,
  { client, purposes: registered }: Partner,
): NoToken {
  const { error, error_description: detail } = body;
  const purposes = registered.map(({ purpose }) => purpose).join(', ');
  const chosen = registered.find(({ purpose }) => purpose === question.purpose) ?? registered[0];
  switch (error) {
    case 'invalid_client':
      return refuse(
        'invalid_client',
        `nơi cấp token không nhận ${client}: đã bị tạm dừng hoặc hết hạn (lienthong partner list), hoặc nó không dùng cùng sổ đăng ký ${question.registryFile}`,
        `the issuer does not accept ${client}: suspended or expired (lienthong partner list), or it does not run with the same registry ${question.registryFile}`,
      );
    case 'invalid_scope':
      return refuse(
        'invalid_scope',
        `${client} không có mọi phạm vi đã xin cho mục đích ${chosen.purpose}; có: ${chosen.scopes.join(' ')}`,
        `${client} does not have every scope asked for with purpose ${chosen.purpose}; it has: ${chosen.scopes.join(' ')}`,
      );
    case 'invalid_request':
      return refuse(
        'invalid_request',
        `yêu cầu không hợp lệ (${detail}); mục đích đã đăng ký của ${client}: ${purposes}`,
        `invalid request (${detail}); registered purposes of ${client}: ${purposes}`,
      );
    default:
      return refuse('unexpected_answer', `nơi cấp token trả lời: ${error}`, `the issuer answered: ${error}`);
  }
}

const refuse = (code: NoToken['code'], vi: string, en: string): NoToken => ({ ok: false, code, messages: { vi, en } });
