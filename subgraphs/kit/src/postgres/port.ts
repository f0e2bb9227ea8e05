import { createServer } from 'node:net';
import { StartError } from '../start-error.ts';

export const HOST = '127.0.0.1';

/** Checks that the port is free, or finds one when it is 0. */
export const choosePort = (port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        error.code === 'EADDRINUSE'
          ? new StartError(
              {
                vi: `Cổng mạng ${HOST}:${port} đang có chương trình khác dùng. Hãy dừng chương trình đó, hoặc chọn cổng mạng khác cho PostgreSQL.`,
                en: `Another program uses ${HOST}:${port}. Stop it, or choose another port for PostgreSQL.`,
              },
              { cause: error },
            )
          : error,
      );
    });
    probe.listen(port, HOST, () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : port));
    });
  });
