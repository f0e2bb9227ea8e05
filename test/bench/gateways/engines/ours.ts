/** Our gateway, of this checkout or of another revision's. */
import { pathToFileURL } from 'node:url';

import type * as Server from '@lienthong/server';

import { NotMeasured, runPart } from '../parts.ts';
import { type EngineInput, meter } from './meter.ts';

runPart(async ({ checkout, config, tracing, evidence, execution }: EngineInput) => {
  const file = pathToFileURL(`${checkout}gateway/server/src/index.ts`).href;
  const { ConfigError, loadConfig, startGateway }: typeof Server = await import(file);
  // Without the environment's variables: they would measure another configuration than the table names.
  const load = () => {
    try {
      return loadConfig(config, {}).config;
    } catch (error) {
      throw error instanceof ConfigError ? new NotMeasured(error.describe('en')) : error;
    }
  };
  const loaded = load();
  const gateway = await startGateway({
    ...loaded,
    ...(tracing && { tracing }),
    ...evidence,
    execution: { ...loaded.execution, ...execution },
  });
  return { ready: gateway.url, questions: meter };
});
