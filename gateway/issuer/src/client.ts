import type { Messages } from './errors.ts';
import { clientCredentials, developmentLogin } from './grants/names.ts';
import { loadRegistry, type RegisteredClient, RegistryError } from './registry/index.ts';

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
  let clients: ReadonlyMap<string, RegisteredClient>;
  try {
    ({ clients } = loadRegistry(question.registryFile));
  } catch (error) {
    if (error instanceof RegistryError) return refuse('registry_invalid', error.messages.vi, error.messages.en);
    throw error;
  }
  const client = clients.get(question.client);
  if (!client) {
    const ids = [...clients.keys()].join(', ');
    return refuse('unknown_client', `không có ứng dụng này; có: ${ids}`, `no such client; there are: ${ids}`);
  }
  return checkLogin(question, client, clients) ?? (await send(question, client));
}

function checkLogin(
  { citizen }: TokenQuestion,
  client: RegisteredClient,
  clients: ReadonlyMap<string, RegisteredClient>,
): NoToken | undefined {
  const logsIn = client.grant === 'development-login';
  if (logsIn === (citizen !== undefined)) return undefined;
  if (logsIn) {
    return refuse(
      'login_required',
      `${client.id} hỏi thay cho một công dân; thêm --citizen SỐ-ĐỊNH-DANH`,
      `${client.id} asks on behalf of a citizen; add --citizen PERSONAL-NUMBER`,
    );
  }
  const others = [...clients.values()].filter(({ grant }) => grant === 'development-login').map(({ id }) => id);
  return refuse(
    'login_not_allowed',
    `${client.id} không đăng nhập công dân được; dùng --client ${others.join(' | ')}`,
    `${client.id} cannot log citizens in; use --client ${others.join(' | ')}`,
  );
}

async function send(question: TokenQuestion, client: RegisteredClient): Promise<IssuedToken | NoToken> {
  const form = new URLSearchParams({
    grant_type: question.citizen === undefined ? clientCredentials : developmentLogin,
  });
  const { scope, purpose, caseId, citizen } = question;
  for (const [name, value] of Object.entries({ scope, purpose, case_id: caseId, personal_number: citizen })) {
    if (value !== undefined) form.set(name, value);
  }
  const credentials = [client.id, client.secret].map(encodeURIComponent).join(':');
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
      `không có trạm cấp thẻ truy cập nào trả lời tại ${question.issuer}; khởi động bằng: npm start`,
      `no issuer answers at ${question.issuer}; start it with: npm start`,
    );
  }
  return response.ok ? readToken(body) : explain(body, question, client);
}

function readToken(body: Record<string, unknown>): IssuedToken | NoToken {
  const { access_token: token, expires_in: expiresIn, scope } = body;
  if (typeof token === 'string' && typeof expiresIn === 'number' && typeof scope === 'string') {
    return { ok: true, token, expiresIn, scope };
  }
  return refuse('unexpected_answer', 'trạm cấp thẻ trả lời không đúng chuẩn', 'the issuer gave no standard answer');
}

function explain(body: Record<string, unknown>, question: TokenQuestion, client: RegisteredClient): NoToken {
  const { error, error_description: detail } = body;
  const purposes = client.purposes.map(({ purpose }) => purpose).join(', ');
  const chosen = client.purposes.find(({ purpose }) => purpose === question.purpose) ?? client.purposes[0];
  switch (error) {
    case 'invalid_client':
      return refuse(
        'invalid_client',
        `trạm cấp thẻ không nhận ${client.id}; kiểm tra rằng nó dùng cùng sổ đăng ký ${question.registryFile}`,
        `the issuer does not accept ${client.id}; check that it runs with the same registry ${question.registryFile}`,
      );
    case 'invalid_scope':
      return refuse(
        'invalid_scope',
        `${client.id} không có mọi phạm vi đã xin cho mục đích ${chosen.purpose}; có: ${chosen.scopes.join(' ')}`,
        `${client.id} does not have every scope asked for with purpose ${chosen.purpose}; it has: ${chosen.scopes.join(' ')}`,
      );
    case 'invalid_request':
      return refuse(
        'invalid_request',
        `yêu cầu không hợp lệ (${detail}); mục đích đã đăng ký của ${client.id}: ${purposes}`,
        `invalid request (${detail}); registered purposes of ${client.id}: ${purposes}`,
      );
    default:
      return refuse('unexpected_answer', `trạm cấp thẻ trả lời: ${error}`, `the issuer answered: ${error}`);
  }
}

const refuse = (code: NoToken['code'], vi: string, en: string): NoToken => ({ ok: false, code, messages: { vi, en } });
