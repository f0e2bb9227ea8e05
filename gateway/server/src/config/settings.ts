import { audit } from './audit.ts';
import { authentication } from './authentication.ts';
import { authorization } from './authorization.ts';
import { consolePages } from './console.ts';
import { section, type ValueOf } from './declaration/declare.ts';
import { departments } from './departments.ts';
import { environment } from './environment.ts';
import { execution } from './execution.ts';
import { internalToken } from './internal-token.ts';
import { introspection } from './introspection.ts';
import { limits } from './limits.ts';
import { listen } from './listen.ts';
import { logging } from './logging.ts';
import { metrics } from './metrics.ts';
import { myData } from './my-data.ts';
import { persistedDocuments } from './persisted-documents.ts';
import { processes } from './processes.ts';
import { publicUrl } from './public-url.ts';
import { quotas } from './quotas.ts';
import { registry } from './registry.ts';
import { signing } from './signing.ts';
import { state } from './state.ts';
import { supergraph } from './supergraph.ts';
import { tracing } from './tracing.ts';

/** Every setting of the gateway, in the order of the document. */
export const settings = section(
  { vi: 'Cấu hình của cổng.', en: 'The configuration of the gateway.' },
  {
    environment,
    publicUrl,
    listen,
    processes,
    metrics,
    tracing,
    supergraph,
    departments,
    authentication,
    authorization,
    execution,
    internalToken,
    signing,
    registry,
    documents: persistedDocuments,
    state,
    quotas,
    limits,
    introspection,
    audit,
    console: consolePages,
    myData,
    logging,
  },
);

/** The configuration once checked: durations in milliseconds, sizes in bytes, paths absolute, defaults applied, frozen. */
export type GatewayConfig = ValueOf<typeof settings>;
export type DepartmentConfig = GatewayConfig['departments'][string];
export type IssuerConfig = GatewayConfig['authentication']['issuers'][number];
