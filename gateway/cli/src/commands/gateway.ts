import { RegistryError } from '@lienthong/registry';
import { type Gateway, type GatewayConfig, startGateway } from '@lienthong/server';
import { CommandError } from '../command-error.ts';
import { readConfig } from '../config.ts';
import type { Language } from '../language.ts';

/** Milliseconds; a service manager expects an end within 10 s of SIGTERM. */
const PATIENCE = 9_500;

/** `lienthong gateway`: serves until a signal. On stdout stands `ready <url>` and nothing else. */
export async function gateway(file: string, language: Language): Promise<void> {
  const loaded = readConfig(file, language);
  if (loaded === undefined) return;
  for (const { code, key, messages } of loaded.warnings) {
    process.stderr.write(`${file} ${key}: ${messages[language]} [${code}]\n`);
  }
  const running = await start(loaded.config);
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    // Exit code 0 also when a client holds its connection: the drain is over, as asked.
    setTimeout(() => process.exit(0), PATIENCE).unref();
    running.close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  // A promise that a library forgot about must not end everybody's service: it is told, and the gateway goes on.
  process.on('unhandledRejection', (reason) => running.report(reason));
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  process.on('SIGHUP', () => void running.reload());
  process.stdout.write(`ready ${running.url}\n`);
}

/** @throws CommandError where the supergraph, a key or the port is at fault: an operator needs the reason, not a stack */
async function start(config: GatewayConfig): Promise<Gateway> {
  try {
    return await startGateway(config);
  } catch (error) {
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
