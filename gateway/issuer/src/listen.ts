import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { StartError } from './errors.ts';

/** Milliseconds that requests in flight have to end. */
const drainTime = 5_000;

/** @throws StartError where the port is taken or cannot be had; `variable` is named as the one that moves it */
export function listen(
  server: Server,
  scheme: 'http' | 'https',
  { host, port }: { readonly host: string; readonly port: number },
  variable: string,
): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = error.code === 'EADDRINUSE';
      reject(
        new StartError(taken ? 'PORT_TAKEN' : 'CANNOT_LISTEN', {
          vi: taken
            ? `cổng mạng ${port} của ${host} đang có chương trình khác dùng; dừng chương trình đó hoặc đặt ${variable}`
            : `không mở được ${host}:${port} (${error.code}); kiểm tra ISSUER_HOST và ${variable}`,
          en: taken
            ? `port ${port} on ${host} is in use by another program; stop that program or set ${variable}`
            : `cannot listen on ${host}:${port} (${error.code}); check ISSUER_HOST and ${variable}`,
        }),
      );
    });
    server.listen(port, host, () => {
      const address = server.address() as AddressInfo;
      resolve(`${scheme}://${host.includes(':') ? `[${host}]` : host}:${address.port}`);
    });
  });
}

/** Stops accepting, and lets requests in flight end. */
export async function stop(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  // A connection that was busy when the server closed becomes idle later and would hold it open.
  const idle = setInterval(() => server.closeIdleConnections(), 50);
  const late = setTimeout(() => server.closeAllConnections(), drainTime);
  await closed;
  clearInterval(idle);
  clearTimeout(late);
}
