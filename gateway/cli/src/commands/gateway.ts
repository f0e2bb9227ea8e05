import cluster from 'node:cluster';

import { RegistryError } from '@lienthong/registry';
import { type Gateway, type GatewayConfig, type GatewayParts, startGateway } from '@lienthong/server';
import { configOfPrimary, NotServing, reportToPrimary, startProcesses } from '@lienthong/server/processes';
import { CommandError } from '../command-error.ts';
import { readConfig } from '../config.ts';
import type { Language } from '../language.ts';

/** Milliseconds; a service manager expects an end within 10 s of SIGTERM. */
const PATIENCE = 9_500;

/** `lienthong gateway`: serves until a signal. On stdout stands `ready <url>` and nothing else. */
export async function gateway(file: string, language: Language): Promise<void> {
  if (cluster.isWorker) return serveForPrimary();
  const loaded = readConfig(file, language);
  if (loaded === undefined) return;
  for (const { code, key, messages } of loaded.warnings) {
    process.stderr.write(`${file} ${key}: ${messages[language]} [${code}]\n`);
  }
  const { url } = loaded.config.processes > 1 ? await serveBySeveral(loaded.config) : await serve(loaded.config);
  if (url !== undefined) process.stdout.write(`ready ${url}\n`);
}

/** One of several processes: configured by the primary one, to which it also tells when it serves. */
async function serveForPrimary(): Promise<void> {
  const config = await configOfPrimary();
  try {
    reportToPrimary(await serve(config, { metricsElsewhere: true }));
  } catch (error) {
    // With its channel open it would stay, and with a closed one it would end as if all were well.
    process.channel?.unref();
    throw error;
  }
}

/** Serves in this process, until a signal. */
async function serve(config: GatewayConfig, parts?: GatewayParts): Promise<Gateway> {
  const running = await started(config, () => startGateway(config, parts));
  // A promise that a library forgot about must not end everybody's service: it is told, and the gateway goes on.
  process.on('unhandledRejection', (reason) => running.report(reason));
  process.on('SIGHUP', () => void running.reload());
  endOnSignal(async () => {
    // Exit code 0 also when a client holds its connection: the drain is over, as asked.
    setTimeout(() => process.exit(0), PATIENCE).unref();
    await running.close();
    return true;
  });
  return running;
}

/** Keeps several processes that serve, until a signal; without an address where they did not start, and said why. */
async function serveBySeveral(config: GatewayConfig): Promise<{ readonly url?: string }> {
  try {
    const running = await started(config, () => startProcesses(config));
    process.on('SIGHUP', () => running.reload());
    endOnSignal(() => running.close());
    return running;
  } catch (error) {
    if (!(error instanceof NotServing)) throw error;
    process.exitCode = 1;
    return {};
  }
}

/** @param end says whether everything ended as it should */
function endOnSignal(end: () => Promise<boolean>): void {
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    end().then(
      (well) => process.exit(well ? 0 : 1),
      () => process.exit(1),
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

/** @throws CommandError where the supergraph, a key or the port is at fault: an operator needs the reason, not a stack */
async function started<Running>(config: GatewayConfig, start: () => Promise<Running>): Promise<Running> {
  try {
    return await start();
  } catch (error) {
    if (error instanceof NotServing) throw error;
    if (error instanceof RegistryError) throw new CommandError(error.code, error.messages);
    if (!(error instanceof Error)) throw error;
    const { host, port } = config.listen;
    if ('code' in error && error.code === 'EADDRINUSE') {
      throw new CommandError(
        'PORT_TAKEN',
        {
          vi: `Một cổng mạng đã có chương trình khác dùng (listen ${host}:${port} hoặc metrics). Dừng chương trình đó, hoặc đặt LIENTHONG_LISTEN_PORT, LIENTHONG_METRICS_PORT.`,
          en: `A port is taken by another program (listen ${host}:${port} or metrics). Stop it, or set LIENTHONG_LISTEN_PORT, LIENTHONG_METRICS_PORT.`,
        },
        error.message,
      );
    }
    throw new CommandError(
      'GATEWAY_NOT_STARTED',
      { vi: 'Cổng không khởi động được. Lý do:', en: 'The gateway could not start. The reason:' },
      error.message,
    );
  }
}
