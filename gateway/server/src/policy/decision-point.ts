import type { Logger } from 'pino';
import { request } from 'undici';

import type { Principal } from './principal.ts';
import type { GrantedPolicies } from './verdict.ts';

export interface PolicyQuestion {
  readonly policies: ReadonlySet<string>;
  readonly principal: Principal;
  readonly operationName: string | null;
  readonly operationHash: string;
  readonly requestId: string;
}

export interface DecisionPointSettings {
  readonly url: string;
  /** Milliseconds. */
  readonly timeout: number;
}

/** No answer about a handful of names is larger. */
const MAX_ANSWER_BYTES = 1024 * 1024;

const PURPOSE = 'purpose:';

/** The purpose that a policy of this name asks for; undefined of a policy that the decision point answers. */
export const purposeOf = (policy: string): string | undefined =>
  policy.startsWith(PURPOSE) ? policy.slice(PURPOSE.length) : undefined;

/**
 * Which of the policies that an operation names are granted. `purpose:` is decided here, from the token, and never sent
 * out; the others are put to the decision point (OPA's Data API) in one call. Only boolean `true` grants: missing, late,
 * broken or truthy garbage is a denial.
 */
export const grantedPolicies = (
  question: PolicyQuestion,
  settings: DecisionPointSettings | undefined,
  log: Logger,
): Promise<GrantedPolicies> | GrantedPolicies => {
  const granted = new Set<string>();
  const { purpose } = question.principal.kind === 'authenticated' ? question.principal : { purpose: undefined };
  const names: string[] = [];
  for (const name of question.policies) {
    const asked = purposeOf(name);
    if (asked === undefined) names.push(name);
    else if (asked === purpose) granted.add(name);
  }
  if (names.length === 0 || !settings) return granted;
  return ask(names, question, settings, log).then((result) => {
    for (const name of names) if (Object.hasOwn(result, name) && result[name] === true) granted.add(name);
    return granted;
  });
};

const ask = async (
  policies: readonly string[],
  { principal, operationName, operationHash, requestId }: PolicyQuestion,
  { url, timeout }: DecisionPointSettings,
  log: Logger,
): Promise<Record<string, unknown>> => {
  try {
    const { statusCode, body } = await request(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        input: {
          policies,
          claims: principal.kind === 'authenticated' ? principal.claims : {},
          operation: { name: operationName, hash: operationHash },
          requestId,
        },
      }),
      signal: AbortSignal.timeout(timeout),
    });
    let text = '';
    for await (const chunk of body.setEncoding('utf8')) {
      text += chunk;
      if (text.length > MAX_ANSWER_BYTES) throw new RangeError('the answer is too large');
    }
    const answer: unknown = statusCode === 200 ? JSON.parse(text) : undefined;
    if (typeof answer === 'object' && answer !== null && 'result' in answer) {
      const { result } = answer;
      if (typeof result === 'object' && result !== null) return result as Record<string, unknown>;
    }
    log.warn({ requestId, failure: 'policy_decision', status: statusCode });
  } catch (error) {
    log.warn({ requestId, failure: 'policy_decision', reason: error instanceof Error ? error.name : 'unknown' });
  }
  return {};
};
