import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, test } from '@jest/globals';
import { type DemoClient, registerConsole } from '@lienthong/portal/server';
import Fastify, { type FastifyInstance } from 'fastify';
import { buildSchema, type GraphQLError, graphql } from 'graphql';
import type { Browser } from 'playwright-core';
import { startChromium } from './kit/chromium.ts';
import { exerciseConsole } from './kit/console.ts';

const clients: readonly DemoClient[] = [
  {
    id: 'mot-cua',
    name: { vi: 'Bộ phận Một cửa', en: 'One-stop counter' },
    purposes: [
      { code: 'TTHC', scopes: ['citizens:basic:read', 'health:insurance:read', 'land:parcel:read'] },
      { code: 'ENROL', scopes: ['citizens:basic:read', 'citizens:family:read', 'health:immunization:read'] },
    ],
  },
  {
    id: 'so-y-te',
    name: { vi: 'Sở Y tế', en: 'Department of Health' },
    purposes: [{ code: 'EMERGENCY', scopes: ['citizens:basic:read', 'health:clinical:read', 'health:insurance:read'] }],
  },
];

const schema = buildSchema(`
  scalar PersonalNumber
  enum Role { GUARDIAN CHILD SPOUSE }
  type Query { citizen(personalNumber: PersonalNumber!): Citizen }
  type Citizen {
    fullName: String birthDate: String residence: Residence family(role: Role): [Link]
    immunizations(series: String): [Immunization] allergies: [Allergy] insurance: Insurance
  }
  type Residence { commune: Place } type Link { role: Role citizen: Citizen }
  type Immunization { series: String complete: Boolean } type Allergy { substance: String severity: String }
  type Insurance { number: String level: Int validTo: String facility: Place } type Place { code: ID name: String }
`);

const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** An unsigned token: the gateway stood in for here reads it, and the page only shows it. */
function tokenFor(client: string, purpose: string): string {
  const scopes = clients.find(({ id }) => id === client)?.purposes.find(({ code }) => code === purpose)?.scopes ?? [];
  const exp = Math.floor(Date.now() / 1000) + 600;
  const claims = {
    client_id: client,
    org: 'H48.53',
    purpose,
    legal_basis: 'MANDATORY_SHARE',
    scope: scopes.join(' '),
    exp,
  };
  return `${base64url({ alg: 'none' })}.${base64url(claims)}.`;
}

const scopesIn = (authorization: string | undefined): readonly string[] => {
  const claims = JSON.parse(Buffer.from((authorization ?? '').split('.')[1] ?? '', 'base64url').toString() || '{}');
  return String(claims.scope ?? '').split(' ');
};

const CITIZENS = {
  '051085000001': {
    fullName: 'Phạm Văn Hiếu',
    insurance: { level: 4, validTo: '2026-12-31', facility: { code: '51001', name: 'Trung tâm Y tế Sơn Hà' } },
    allergies: [{ substance: 'Penicillin', severity: 'SEVERE' }],
  },
  '051319000002': {
    fullName: 'Phạm Thị Mai',
    birthDate: '2019-04-05',
    residence: { commune: { code: '21289', name: 'Xã Sơn Hà' } },
    immunizations: [{ series: 'EPI', complete: true }],
    family: [{ role: 'GUARDIAN', citizen: { fullName: 'Phạm Văn Hiếu' } }],
  },
};

const refusal = {
  message: 'Không được phép đọc trường này.',
  extensions: {
    code: 'UNAUTHORIZED_FIELD_OR_TYPE',
    affectedPath: 'citizen.allergies',
    coordinate: 'Citizen.allergies',
    required: { scopes: [['health:clinical:read']], policies: [['purpose:EMERGENCY'], ['purpose:TREATMENT']] },
  },
};

interface GraphQLBody {
  readonly query: string;
  readonly operationName?: string;
  readonly variables?: Record<string, unknown>;
}

/** Stands in for the federation: three types, two people, one guarded field. */
async function answer(body: GraphQLBody, scopes: readonly string[]): Promise<object> {
  const mayReadAllergies = scopes.includes('health:clinical:read');
  const errors: Partial<GraphQLError>[] = [];
  const citizen = ({ personalNumber }: { personalNumber: keyof typeof CITIZENS }) => {
    const found = CITIZENS[personalNumber];
    return {
      ...found,
      allergies: () => {
        if (mayReadAllergies) return 'allergies' in found ? found.allergies : [];
        errors.push(refusal);
        return null;
      },
    };
  };
  const { data, errors: own = [] } = await graphql({
    schema,
    source: body.query,
    rootValue: { citizen },
    variableValues: body.variables ?? {},
    operationName: body.operationName ?? null,
  });
  return { data, ...(own.length + errors.length > 0 ? { errors: [...own, ...errors] } : {}) };
}

let app: FastifyInstance;
let browser: Browser | undefined;
let baseUrl: string;

beforeAll(async () => {
  app = Fastify();
  await registerConsole(app, {
    environment: 'development',
    demo: { clients: async () => clients, token: async (client, purpose) => tokenFor(client, purpose) },
  });
  app.post<{ Body: GraphQLBody }>('/graphql', async (request, reply) =>
    reply
      .header('x-request-id', 'b1d2f3a4-0000-4000-8000-000000000001')
      .send(await answer(request.body, scopesIn(request.headers.authorization))),
  );
  baseUrl = await app.listen({ host: '127.0.0.1', port: 0 });
  browser = await startChromium();
}, 300_000);

afterAll(async () => {
  await browser?.close();
  await app.close();
});

test('the console works in a browser under its Content-Security-Policy', async () => {
  if (browser === undefined) {
    process.stderr.write(
      'NOT CHECKED: the console in a browser (policy, editor, journeys, refusals). There is no Chromium here and no ' +
        'right to install it: `sudo apt-get install -y chromium`, then run this test again.\n',
    );
    return;
  }
  const page = await browser.newPage();
  const screenshot = fileURLToPath(new URL('../docs/images/console.png', import.meta.url));
  await exerciseConsole(page, baseUrl, process.env.UPDATE_SCREENSHOTS === '1' ? { screenshot } : {});
  await page.close();
}, 90_000);
