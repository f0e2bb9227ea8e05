// Loaded before everything else into each process of the product (NODE_OPTIONS=--import): what would leave this machine
// is refused and written down instead. Lines of the file OUTBOUND_LOG: `installed PID`, `attempt PID WHAT TARGET`.
import dgram from 'node:dgram';
import dns from 'node:dns';
import { appendFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';

const log = process.env.OUTBOUND_LOG;

/** @param {string} line */
const note = (line) => {
  if (log) appendFileSync(log, `${line}\n`);
};

/** No host means this machine, for every function below. @param {unknown} host */
const isLoopback = (host) =>
  host === undefined ||
  host === null ||
  host === '' ||
  host === 'localhost' ||
  /^(::ffff:)?127(\.\d{1,3}){3}$/.test(String(host)) ||
  host === '::1';

/** @param {string} what @param {unknown} target */
const refuse = (what, target) => {
  note(`attempt ${process.pid} ${what} ${String(target)}`);
  throw new Error(`${what} ${String(target)}: beyond loopback`);
};

/**
 * Puts a check before a method. @param {Record<string, any>} owner @param {string} name
 * @param {(args: readonly any[]) => unknown} hostOf where a call would go
 */
const guard = (owner, name, hostOf) => {
  const original = owner[name];
  if (typeof original !== 'function') return;
  owner[name] = function guarded(...args) {
    const host = hostOf(args);
    if (!isLoopback(host)) refuse(name, host);
    return original.apply(this, args);
  };
};

// Every TCP and TLS connection of Node, fetch and undici included, ends here. Node itself passes its arguments as an array.
guard(net.Socket.prototype, 'connect', ([first, second]) => {
  const [target, host] = Array.isArray(first) ? first : [first, second];
  if (typeof target === 'object' && target !== null) return typeof target.path === 'string' ? undefined : target.host;
  return typeof host === 'string' ? host : undefined;
});

// QUIC, StatsD, syslog and the like.
guard(dgram.Socket.prototype, 'connect', ([, address]) => (typeof address === 'string' ? address : undefined));
guard(dgram.Socket.prototype, 'send', (args) => args.slice(1).find((argument) => typeof argument === 'string'));

// A name that is asked for leaves the machine as well.
const resolvers = [dns, dns.promises, dns.Resolver.prototype, dns.promises.Resolver.prototype];
for (const owner of resolvers)
  for (const name of Object.getOwnPropertyNames(owner))
    if (/^(lookup|resolve|reverse)/.test(name)) guard(owner, name, ([host]) => host);

syncBuiltinESMExports();
note(`installed ${process.pid}`);
