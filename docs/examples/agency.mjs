// One query over four departments, with nothing but Node's own fetch: node docs/examples/agency.mjs
const { GATEWAY_URL = 'http://127.0.0.1:4000/graphql', ISSUER_URL = 'http://127.0.0.1:4100' } = process.env;
const { CLIENT_ID = 'mot-cua', CLIENT_SECRET = 'demo-mot-cua-khong-dung-that' } = process.env;

const issued = await fetch(`${ISSUER_URL}/token`, {
  method: 'POST',
  headers: { authorization: `Basic ${btoa(`${CLIENT_ID}:${CLIENT_SECRET}`)}` },
  body: new URLSearchParams({ grant_type: 'client_credentials', purpose: 'TTHC', case_id: 'H48.53-251001-0001' }),
});
const { access_token: token, error_description: refused } = await issued.json();
if (!token) throw new Error(refused);

const query = `query Person($number: PersonalNumber!) {
  citizen(personalNumber: $number) {
    fullName ethnicity insurance { level validTo } family(role: CHILD) { citizen { fullName enrolments(current: true) { grade } } }
    holdings { parcel { sheet number area } }
  }
}`;
const answered = await fetch(GATEWAY_URL, {
  method: 'POST',
  headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'accept-language': 'en' },
  body: JSON.stringify({ query, variables: { number: '051085000001' } }),
});
const { data, errors = [] } = await answered.json();
console.log(JSON.stringify(data, null, 2));
for (const { message, extensions } of errors) console.log(`${extensions.affectedPath}: ${extensions.code} ${message}`);
