#!/bin/sh
# A partner's customer check by curl: private_key_jwt, client credentials, a DPoP-bound token. sh docs/examples/partner-curl.sh
set -eu
: "${ISSUER_URL:=http://127.0.0.1:4100}" "${GATEWAY_URL:=http://127.0.0.1:4000/graphql}" "${CLIENT_ID:=ngan-hang}"
sign() { node "$(dirname "$0")/sign.mjs" "$@"; }

TOKEN=$(curl -sS "$ISSUER_URL/token" \
  -H "DPoP: $(sign proof POST "$ISSUER_URL/token")" \
  -d grant_type=client_credentials -d purpose=KYC \
  -d client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer \
  -d client_assertion="$(sign assertion "$CLIENT_ID" "$ISSUER_URL")" |
  node -p 'const answer = JSON.parse(fs.readFileSync(0)); answer.access_token ?? process.exit(console.error(answer) ?? 1)')

curl -sS "$GATEWAY_URL" \
  -H "Authorization: DPoP $TOKEN" -H "DPoP: $(sign proof POST "$GATEWAY_URL" "$TOKEN")" \
  -H 'content-type: application/json' \
  -d '{"query":"query Match($number: PersonalNumber!, $name: String!, $birth: PartialDate!) { matchCitizen(personalNumber: $number, fullName: $name, birthDate: $birth) }","variables":{"number":"051085000001","name":"Phạm Văn Hiếu","birth":"1985-03-12"}}'
