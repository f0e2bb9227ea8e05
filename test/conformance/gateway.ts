import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { loadConfig, startGateway } from '@lienthong/server';

export interface AuditedGateway {
  /** The GraphQL endpoint. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Our gateway over a supergraph that knows no rules, for callers without a token: what public audits ask for.
 *
 * Everything but the rules is as it is served: private names, filter, completion and masking all take part.
 */
export const auditedGateway = async (
  supergraphSdl: string,
  { engine = 'compiled', log = 'silent' }: { readonly engine?: string; readonly log?: string } = {},
): Promise<AuditedGateway> => {
  const folder = await mkdtemp(join(tmpdir(), 'lienthong-conformance-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    await writeFile(join(folder, 'supergraph.graphql'), supergraphSdl);
    await writeFile(
      join(folder, 'gateway.yaml'),
      `${CONFIG}execution: { engine: ${engine} }\nlogging: { level: ${log} }\n`,
    );
    // Nothing of the environment may change what is measured.
    const { config } = loadConfig(join(folder, 'gateway.yaml'), {});
    const gateway = await startGateway(config);
    return {
      url: gateway.url,
      async close() {
        await gateway.close();
        await remove();
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
};

const CONFIG = `
environment: development
listen: { port: 0 }
metrics: false
supergraph: { file: ./supergraph.graphql }
authentication: { issuers: [] }
authorization: { unguarded: allow }
internalToken: { keyFile: ./gateway-key.pem }
audit: false
console: { enabled: false }
`;
