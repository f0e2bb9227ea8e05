// A partner's customer check: does this number belong to this name and birth date? node docs/examples/partner.mjs
const { GATEWAY_URL = 'http://127.0.0.1:4000/graphql', ISSUER_URL = 'http://127.0.0.1:4100' } = process.env;
const { CLIENT_ID = 'viettel', CLIENT_SECRET = 'demo-viettel-khong-dung-that' } = process.env;

let token = { value: '', usableUntil: 0 };

/** One token for all calls, renewed a minute before it ends. */
async function accessToken() {
  if (Date.now() < token.usableUntil) return token.value;
  const response = await fetch(`${ISSUER_URL}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${CLIENT_ID}:${CLIENT_SECRET}`)}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', purpose: 'KYC' }),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(`${answer.error}: ${answer.error_description}`);
  token = { value: answer.access_token, usableUntil: Date.now() + (answer.expires_in - 60) * 1000 };
  return token.value;
}

const query = `query Match($number: PersonalNumber!, $name: String!, $birth: PartialDate!) {
  matchCitizen(personalNumber: $number, fullName: $name, birthDate: $birth)
}`;

/** true or false; throws with the gateway's code where there is no answer. Personal data stay out of the text. */
async function matches(number, name, birth, retried = false) {
  const response = await fetch(GATEWAY_URL, {
    method: 'POST',
    headers: { authorization: `Bearer ${await accessToken()}`, 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables: { number, name, birth } }),
  });
  if (response.status === 401 && !retried) {
    token = { value: '', usableUntil: 0 };
    return matches(number, name, birth, true);
  }
  const { data, errors } = await response.json();
  if (typeof data?.matchCitizen === 'boolean') return data.matchCitizen;
  const { code, reason } = errors?.[0]?.extensions ?? {};
  throw new Error(`${code ?? response.status} ${reason ?? ''} x-request-id ${response.headers.get('x-request-id')}`);
}

console.log('right name:  ', await matches('051085000001', 'Phạm Văn Hiếu', '1985-03-12'));
console.log('other accent:', await matches('051085000001', 'Phạm Văn Hiểu', '1985-03-12'));
console.log('year only:   ', await matches('051085000001', 'Phạm Văn Hiếu', '1985'));
await matches('05108500001', 'Phạm Văn Hiếu', '1985-03-12').catch(({ message }) =>
  console.log('11 digits:   ', message),
);
