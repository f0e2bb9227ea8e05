import type { AddressInfo } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { readDataSubjects } from '@lienthong/schema/subjects';
import { openState } from '@lienthong/state';
import { buildSchema } from 'graphql';
import { destination, type Logger, pino } from 'pino';

import type { GatewayConfig } from './config/index.ts';
import { PersistedDocuments } from './documents/index.ts';
import { AnswerShape } from './execution/answer-shape.ts';
import { compiledEngine } from './execution/compiled-engine.ts';
import { Departments } from './execution/departments.ts';
import { explainEndpoint, explains } from './explain/endpoint.ts';
import { httpServer } from './http.ts';
import { configuredIdentity } from './identity/configured.ts';
import { type RegisteredClients, registeredClients } from './identity/registered.ts';
import { resourceMetadata } from './identity/resource-metadata.ts';
import { derivedSecret } from './internal-token/derive.ts';
import { loadGatewayKey, publishedKeys } from './internal-token/keys.ts';
import { openKeptLedger } from './ledger/open.ts';
import { Load } from './load.ts';
import { mountPages } from './pages.ts';
import { pipeline } from './pipeline/index.ts';
import { operate } from './pipeline/operate.ts';
import { Protocol } from './pipeline/protocol.ts';
import { createPlanner } from './planning/planner.ts';
import { PlanningThreads } from './planning/threads.ts';
import type { Principal } from './policy/principal.ts';
import { Quotas } from './quotas/index.ts';
import { Remembered } from './remembered/remembered.ts';
import { answerSigner } from './signing/answer.ts';
import { SigningKeys } from './signing/keys.ts';
import { checkContext } from './supergraph/context.ts';
import { checkGuardsLost } from './supergraph/guard-lost.ts';
import { readSupergraph } from './supergraph/source.ts';
import { checkSubjectsLost, tellUnstated } from './supergraph/subjects-stated.ts';
import { type EngineFactory, SupergraphVersion } from './supergraph/version.ts';
import { Metrics, type MetricsJson } from './telemetry/metrics.ts';
import { serveMetrics } from './telemetry/metrics-server.ts';
import { startTracing } from './telemetry/tracing.ts';
import { Turns } from './turns.ts';
import { UnderWay } from './under-way.ts';
import { watchedFiles } from './watched-file.ts';

/** What a test, or a host, may put in place of the real thing. */
export interface GatewayParts {
  readonly log?: Logger;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
  /** Callers to whom denied names look like names that do not exist, besides all of them by `authorization.hideDenied`. */
  readonly hidesDenied?: (principal: Principal) => boolean;
  /** Whether metrics are told by `metrics` alone: of several processes each has its own, and none the listener. */
  readonly metricsElsewhere?: boolean;
  /** Where plans are made, for several gateways of one process; who made it closes it. */
  readonly planning?: PlanningThreads;
}

export interface Gateway {
  /** `http://HOST:PORT` of the public listener. */
  readonly origin: string;
  /** The GraphQL endpoint. */
  readonly url: string;
  readonly metricsUrl: string | undefined;
  /** The metrics of this process, fit to be added up with those of others. */
  metrics(): Promise<MetricsJson>;
  /** Loads supergraph, persisted documents and signing keys anew; false when one was refused and the old one goes on serving. */
  reload(): Promise<boolean>;
  /** Logs a failure that belongs to no request. */
  report(failure: unknown): void;
  /** Stops accepting, lets requests under way finish, closes everything. */
  close(): Promise<void>;
}

/**
 * Wires the gateway and starts to listen.
 *
 * @throws AdmissionError and others where the first supergraph, a key or a port cannot be had
 */
export const startGateway = async (config: GatewayConfig, parts: GatewayParts = {}): Promise<Gateway> => {
  const log = parts.log ?? pino({ level: config.logging.level }, destination({ dest: 2, sync: false }));
  const planning = parts.planning ?? new PlanningThreads({ budget: config.limits.planning, log });
  let registered: RegisteredClients | undefined;
  try {
    registered = await registeredClients(config, log);
    return await start(config, { ...parts, log }, planning, registered);
  } catch (error) {
    await Promise.all([parts.planning || planning.close(), registered?.close()]);
    throw error;
  }
};

const start = async (
  config: GatewayConfig,
  { log, ...parts }: GatewayParts & { readonly log: Logger },
  planning: PlanningThreads,
  registered: RegisteredClients | undefined,
): Promise<Gateway> => {
  const now = parts.now ?? Date.now;
  const metrics = new Metrics({ process: config.metrics !== false });
  const create = config.environment === 'development';
  const key = await loadGatewayKey(config.internalToken.keyFile, create);
  const departments = new Departments({ config, key, log, metrics, now });
  const signing = config.signing
    ? await SigningKeys.open(config.signing, { create, internalKid: key.kid, log, now })
    : undefined;
  const sign = signing && answerSigner(signing, now);

  const kept = config.audit ? await openKeptLedger(config.audit, { create, signing, log, metrics, now }) : undefined;

  const state = await openState(config.state, log, now);
  let origin = '';
  const publicOrigin = () => config.publicUrl ?? origin;
  const identity = configuredIdentity(config, {
    gatewayKey: key.privateKey,
    state,
    registered,
    publicOrigin,
    now,
  });

  const quotas = new Quotas({
    store: state.quotas,
    quotaOf: (principal) => registered?.quotaOf(principal) ?? config.quotas,
    subjectKey: derivedSecret(key.privateKey, 'quota persons'),
    now,
  });

  const remembered = new Remembered(config.execution.remembered);
  metrics.watchRemembered(remembered);
  const makeEngine: EngineFactory = async ({ strippedSdl, schema, departments: facts }) => {
    const planned = createPlanner(strippedSdl, planning, remembered);
    // A failure before it is awaited is not its only one: whoever asked is told of the other.
    planned.catch(() => {});
    const supergraphSchema = buildSchema(strippedSdl, { assumeValid: true, assumeValidSDL: true });
    const shape = new AnswerShape(supergraphSchema);
    const { sourceOf, serve, close } = departments.open(facts, shape);
    try {
      const engineParts = { planner: await planned, strippedSdl, supergraphSchema, schema, log };
      const engine =
        config.execution.engine === 'compiled'
          ? compiledEngine({ ...engineParts, sourceOf, keptAnswers: departments.keptAnswers, metrics, remembered })
          : (await import('./execution/apollo-engine.ts')).apolloEngine({
              ...engineParts,
              sources: ({ name }) => sourceOf(name),
            });
      return {
        ...engine,
        serve,
        async close() {
          await Promise.all([engine.close(), close()]);
        },
      };
    } catch (error) {
      await close();
      throw error;
    }
  };
  const load = async (sdl: string) => {
    checkContext(sdl, config.execution.engine);
    kept?.check(readDataSubjects(sdl));
    const loaded = await SupergraphVersion.load(sdl, config.authorization.unguarded, makeEngine);
    if (kept) tellUnstated(loaded, log);
    return loaded;
  };

  const watch = await watchedFiles(reloadedFiles(config));
  let version = await load(await readSupergraph(config.supergraph));
  version.engine.serve?.();
  metrics.supergraphLoaded('ok');
  const documents = await PersistedDocuments.open({ config, log, registered }, version.schema);
  const protocol = await Protocol.start(
    {
      config,
      log,
      remembered,
      hidesDenied: (principal) =>
        config.authorization.hideDenied ||
        registered?.partnerOf(principal)?.hideDenied === true ||
        parts.hidesDenied?.(principal) === true,
      operate: (operated) => operate(operated, { config, log, metrics, quotas, ledger: kept?.parts }),
    },
    version,
  );
  const underWay = new UnderWay();
  const tracing = await startTracing(config.tracing, log);
  const served = {
    config,
    load: new Load(underWay, config.execution.requests),
    turns: new Turns(),
    identity,
    quotas,
    documents,
    protocol,
    log,
    metrics,
    tracing,
    now,
  };

  let closing = false;
  const app = httpServer({
    bodySize: config.limits.bodySize,
    graphql: underWay.track(pipeline({ ...served, keeper: kept?.keeper, sign })),
    sign,
    explain: explains(config)
      ? underWay.track(pipeline(served, explainEndpoint(protocol, { config, log })))
      : undefined,
    jwks: () => ({ keys: [...publishedKeys(key), ...(signing?.published() ?? [])] }),
    departmentJwks: () => key.jwks,
    resourceMetadata: () => resourceMetadata(config, publicOrigin()),
    tls: config.listen.tls,
    stalled: config.execution.timeout + TAKEN_WITHIN,
    ledger: kept?.heads,
    ready: () => !closing,
  });
  await mountPages(app, config, publicOrigin);
  const metricsServer =
    config.metrics === false || parts.metricsElsewhere
      ? undefined
      : await serveMetrics(() => metrics.registry, config.metrics);
  try {
    await app.listen({ host: config.listen.host, port: config.listen.port });
  } catch (error) {
    // A listener left open would keep the process alive that could not start.
    await metricsServer?.close();
    throw error;
  }

  /** The version to serve next; undefined where the supergraph has not changed. */
  const loadNext = async (): Promise<SupergraphVersion | undefined> => {
    const sdl = await readSupergraph(config.supergraph);
    if (sdl === version.sdl) return undefined;
    const next = await load(sdl);
    try {
      checkGuardsLost(version, next, config.authorization.guardLost, log);
      if (kept) checkSubjectsLost(version, next, config.authorization.guardLost, log);
    } catch (error) {
      await next.engine.close();
      throw error;
    }
    return next;
  };
  /** What is in use is readied before the swap; whatever goes wrong with that, the version is served. */
  const warmUp = async (next: SupergraphVersion): Promise<void> => {
    const { operations, time } = config.execution.warmUp;
    const over = performance.now() + time;
    const isOver = () => closing || performance.now() >= over;
    try {
      const warmed = await protocol.warmUp(next, { operations, isOver, registered: documents.texts });
      metrics.warmedUp(warmed);
      log.info({ supergraph: next.id, warmed }, 'operations in use are ready');
    } catch (error) {
      log.error({ failure: 'warm-up', err: error });
    }
  };
  const reload = async (): Promise<boolean> => {
    const next = await loadNext().catch((error: unknown) => {
      metrics.supergraphLoaded('refused');
      log.error({ failure: 'supergraph', err: error }, 'supergraph refused, the old one goes on serving');
      return 'refused' as const;
    });
    const { schema } = next === undefined || next === 'refused' ? version : next;
    const edition = await documents.read(schema).catch((error: unknown) => {
      log.error({ failure: 'documents', err: error }, 'persisted documents refused, the old ones go on serving');
      return 'refused' as const;
    });
    if (next !== undefined && next !== 'refused') await warmUp(next);
    // A request takes its document and the schema within one turn of the event loop; both swap between two.
    await nextTurn();
    if (next !== undefined && next !== 'refused') {
      const previous = version;
      version = next;
      protocol.swap(next);
      next.engine.serve?.();
      metrics.supergraphLoaded('ok');
      log.info({ supergraph: next.id }, 'supergraph loaded');
      // Requests that began with the old version may still be planning with it.
      void underWay.settled().then(() => previous.engine.close());
    }
    documents.serve(edition === 'refused' ? undefined : edition, schema);
    if (edition !== undefined && edition !== 'refused') {
      log.info({ documents: edition.documents.length }, 'persisted documents loaded');
    }
    const signs = (await signing?.reload()) ?? true;
    return next !== 'refused' && edition !== 'refused' && signs;
  };
  const oneAtATime = serially(reload);
  const unwatch = watch(() => void oneAtATime());

  const { port } = app.server.address() as AddressInfo;
  origin = `http${config.listen.tls ? 's' : ''}://${config.listen.host.includes(':') ? `[${config.listen.host}]` : config.listen.host}:${port}`;
  log.info({ origin, metrics: metricsServer?.url }, 'listening');
  return {
    origin,
    url: `${origin}/graphql`,
    metricsUrl: metricsServer?.url,
    metrics: () => metrics.registry.getMetricsAsJSON(),
    reload: oneAtATime,
    report: (failure) => log.error({ failure: 'unhandled', err: failure }),
    async close() {
      if (closing) return;
      closing = true;
      unwatch();
      documents.close();
      signing?.close();
      await app.close();
      // Whoever has hung up holds no connection open, and what is under way for him is recorded nevertheless.
      await underWay.settled();
      await Promise.all([protocol.stop(), metricsServer?.close(), departments.close(), version.engine.close()]);
      await Promise.all([parts.planning || planning.close(), state.close(), registered?.close()]);
      await Promise.all([tracing?.close(), kept?.close()]);
    },
  };
};

/** Milliseconds for which a caller may leave an answer, or the rest of it, where it is. While it is made nothing moves either. */
const TAKEN_WITHIN = 30_000;

const reloadedFiles = ({ supergraph, documents, signing }: GatewayConfig): readonly string[] =>
  [
    'file' in supergraph ? supergraph.file : undefined,
    documents?.file,
    ...(signing ? [signing.keyFile, signing.otherKeys] : []),
  ].filter((file) => file !== undefined);

/** Two reloads at once could swap in the older one last. */
const serially = <T>(act: () => Promise<T>): (() => Promise<T>) => {
  let last: Promise<unknown> = Promise.resolve();
  return () => {
    const next = last.then(act, act);
    last = next;
    return next;
  };
};
