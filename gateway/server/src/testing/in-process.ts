import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { buildSchema, type DocumentNode, type GraphQLSchema, print } from 'graphql';
import { pino } from 'pino';

import { type GatewayConfig, loadConfig } from '../config/index.ts';
import type { Outcome } from '../context.ts';
import { PublicError } from '../errors.ts';
import { AnswerShape } from '../execution/answer-shape.ts';
import { apolloEngine } from '../execution/apollo-engine.ts';
import { CallsUnderWay } from '../execution/calls-under-way.ts';
import { compiledEngine } from '../execution/compiled-engine.ts';
import { DepartmentCallError, type Received } from '../execution/department-answer.ts';
import { DepartmentSource } from '../execution/department-source.ts';
import { Sharing } from '../execution/sharing.ts';
import { callerIdentity } from '../internal-token/signer.ts';
import type { Disclosed } from '../ledger/disclosed.ts';
import type { LedgerParts } from '../pipeline/disclose.ts';
import { FILTER, type Filter } from '../pipeline/filter.ts';
import { type OperationAnswer, operate } from '../pipeline/operate.ts';
import { planningInPlace } from '../planning/in-place.ts';
import { createPlanner } from '../planning/planner.ts';
import type { Principal } from '../policy/principal.ts';
import { unlimited } from '../quotas/index.ts';
import { Remembered } from '../remembered/remembered.ts';
import { SupergraphVersion } from '../supergraph/version.ts';
import { Metrics } from '../telemetry/metrics.ts';

/**
 * Departments that live in the same process. What one answers is written as JSON and read as what comes over the network
 * is; a text is the body as it stands, and a department that throws is one that cannot be reached.
 */
export type LocalDepartments = (department: { readonly name: string }) => (
  query: string,
  variables: Record<string, unknown>,
  /** What the internal token would vouch for. */
  claims: string,
) => Promise<object | string>;

/** Bytes of plans. */
const REMEMBERED = 64 * 1_024 * 1_024;

export interface InProcessSettings {
  /** As composed, with its authorization directives. */
  readonly supergraph: string;
  readonly unguarded: 'allow' | 'refuse';
  readonly departments: LocalDepartments;
  /** Absent: the product's default. */
  readonly engine?: 'apollo' | 'compiled';
  /** Receives every line that the gateway would log. */
  readonly onLog: (line: string) => void;
  /** Absent: every default, and costs without limit. */
  readonly config?: GatewayConfig;
  /** Where what answers disclose is gathered. */
  readonly ledger?: LedgerParts;
  /** Absent: the configuration's. */
  readonly mode?: GatewayConfig['authorization']['mode'];
  /** Absent: no call is shared. */
  readonly sharing?: Exclude<GatewayConfig['execution']['sharing'], 'off'> | undefined;
}

export interface InProcessRequest {
  /** Parsed and valid against the schema. */
  readonly document: DocumentNode;
  readonly operationName: string | null;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly principal: Principal;
  /** Whether names that the caller may not have are hidden from it. */
  readonly hidesDenied?: boolean;
}

/** What a test puts in place of the product's own: the version's guards and engine, parts of the filter. */
export interface Replacements {
  version?(version: SupergraphVersion): Partial<Pick<SupergraphVersion, 'guards' | 'engine'>>;
  readonly filter?: Partial<Filter>;
}

export interface InProcessAnswer extends OperationAnswer {
  /** Where a ledger was asked for. */
  readonly disclosed?: Disclosed;
}

export interface InProcessGateway {
  /** What callers see. */
  readonly schema: GraphQLSchema;
  ask(request: InProcessRequest, replacements?: Replacements): Promise<InProcessAnswer>;
  close(): Promise<void>;
}

/**
 * The gateway from a validated operation to its answer, over departments that live in the same process: everything that
 * `startGateway` wires but HTTP, tokens and limits.
 */
export const inProcess = async (settings: InProcessSettings): Promise<InProcessGateway> => {
  const log = pino({ level: 'trace' }, { write: settings.onLog });
  const { authorization, ...rest } = settings.config ?? configOf(settings.supergraph);
  const config = { ...rest, authorization: { ...authorization, mode: settings.mode ?? authorization.mode } };
  const metrics = new Metrics({ process: false });
  const calls = settings.sharing ? new Sharing(Number.POSITIVE_INFINITY) : undefined;
  const version = await SupergraphVersion.load(
    settings.supergraph,
    settings.unguarded,
    async ({ strippedSdl, schema, departments }) => {
      const supergraphSchema = buildSchema(strippedSdl, { assumeValid: true, assumeValidSDL: true });
      const remembered = new Remembered(REMEMBERED);
      const planner = await createPlanner(strippedSdl, planningInPlace(), remembered);
      const shape = new AnswerShape(supergraphSchema);
      const sources = new Map(
        departments.map((department) => {
          const client = { post: posting(settings.departments(department)) };
          const identityOf = callerIdentity(department.scopes);
          const batchDelay = settings.sharing === 'batched' ? 0 : undefined;
          const sharing = calls && { calls, identityOf, batchDelay };
          const sign = async (principal: Principal) => identityOf(principal);
          const parts = { department, client, shape, sign, log, metrics, sharing };
          return [department.name, new DepartmentSource(parts)] as const;
        }),
      );
      const sourceOf = (name: string): DepartmentSource => {
        const source = sources.get(name);
        if (!source) throw new TypeError(`no department ${name}`);
        return source;
      };
      const parts = { planner, strippedSdl, supergraphSchema, schema, log };
      const keptAnswers = new CallsUnderWay(REMEMBERED);
      return settings.engine === 'apollo'
        ? apolloEngine({ ...parts, sources: ({ name }) => sourceOf(name) })
        : compiledEngine({ ...parts, sourceOf, keptAnswers, metrics, remembered });
    },
  );
  return {
    schema: version.schema,
    async ask(
      { document, operationName, variables, principal, hidesDenied = false },
      { version: replace, filter } = {},
    ) {
      const context = {
        requestId: 'in-process',
        language: 'en' as const,
        principal,
        deadline: Number.POSITIVE_INFINITY,
        outcome: { codes: new Set<never>(), denied: 0 } as Outcome,
      };
      const told = () => (context.outcome.disclosed ? { disclosed: context.outcome.disclosed } : {});
      const served = replace ? replaced(version, replace(version)) : version;
      try {
        const { json, ...answer } = await operate(
          {
            ...{ version: served, document, operationName, variables, context },
            ...(hidesDenied ? { view: version.views.of(principal) } : {}),
          },
          { config, log, metrics, quotas: unlimited, ledger: settings.ledger },
          // The default engine's way is open to the product's own filter alone.
          filter ? { ...FILTER, ...filter } : FILTER,
        );
        return { ...(json ? JSON.parse(json.toString('utf8')) : {}), ...answer, ...told() };
      } catch (error) {
        if (error instanceof PublicError) return { errors: [error.format('en')], status: error.status, ...told() };
        throw new Error(`the gateway threw on ${print(document)}`, { cause: error });
      }
    },
    close: () => version.engine.close(),
  };
};

/** A department as its connections would be. */
const posting =
  (department: ReturnType<LocalDepartments>) =>
  async (body: string | Uint8Array, headers: readonly string[]): Promise<Received | DepartmentCallError> => {
    const { query, variables } = JSON.parse(typeof body === 'string' ? body : Buffer.from(body).toString('utf8'));
    let answer: object | string;
    try {
      answer = await department(query, variables, String(headers[1]));
    } catch (cause) {
      return new DepartmentCallError('unavailable', 'a department that throws', { cause });
    }
    const part = Buffer.from(typeof answer === 'string' ? answer : JSON.stringify(answer));
    return { status: 200, parts: [part], size: part.length, seconds: 0 };
  };

/** The version with some members replaced; its private state stays reachable by its own methods. */
const replaced = (version: SupergraphVersion, members: Partial<SupergraphVersion>): SupergraphVersion =>
  new Proxy(version, {
    get: (target, name) => {
      if (Object.hasOwn(members, name)) return Reflect.get(members, name);
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });

/** Read from a file like any other, so that every default is the product's own; only costs are not limited. */
const configOf = (supergraph: string): GatewayConfig => {
  const folder = mkdtempSync(join(tmpdir(), 'lienthong-in-process-'));
  try {
    const file = join(folder, 'gateway.yaml');
    writeFileSync(join(folder, 'supergraph.graphql'), supergraph);
    writeFileSync(file, CONFIG);
    const { config } = loadConfig(file, {});
    return { ...config, limits: { ...config.limits, cost: Number.POSITIVE_INFINITY } };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const CONFIG = `
environment: development
metrics: false
supergraph: { file: ./supergraph.graphql }
authentication: { issuers: [] }
internalToken: { keyFile: ./gateway-key.pem }
audit: false
`;
