import { Socket } from 'node:net';
import pg from 'pg';
import { HASH_BYTES } from '../format/index.ts';
import type { Prepared } from './new-record.ts';

const APPEND = 'select ledger.append($1, $2)';
/** A commit that is answered is on the disk, whatever the server's default is; a stricter default stays. */
const DURABLE = `select set_config('synchronous_commit', 'on', false)
  where current_setting('synchronous_commit') in ('off', 'local')`;
/** Parsed and planned once for each connection. */
const STATEMENT = 'ledger-append';

/** Sends batches to the store, one at a time, over one connection. */
export interface Connection {
  /** Resolves with each record's seq once the batch is durable. After any rejection the next call may find it better. */
  append(batch: readonly Prepared[]): Promise<readonly number[]>;
  /** Resolves if the store takes records; rejects otherwise. */
  ready(): Promise<void>;
  close(): Promise<void>;
}

/**
 * A connection that is made when it is needed, and made again after it broke.
 *
 * @param patience milliseconds after which a server that does not answer counts as gone
 */
export const connectionTo = (database: string, patience: number): Connection => {
  let room = Buffer.alloc(0);
  let open: { readonly client: pg.Client; readonly cut: () => void } | undefined;

  /** Text in its binary form, its bytes: no second string of all that there is, to be measured and written once more. */
  const linesOf = (batch: readonly Prepared[]): Buffer => {
    let characters = batch.length;
    for (const { line } of batch) characters += line.length;
    // A UTF-16 code unit takes three bytes of UTF-8 at most. One batch is under way at a time.
    if (room.length < 3 * characters) room = Buffer.allocUnsafeSlow(3 * characters);
    let at = 0;
    for (const { line } of batch) {
      if (at > 0) at += room.write('\n', at, 'latin1');
      at += room.write(line, at, 'utf8');
    }
    const lines = room.subarray(0, at);
    if (room.length > ROOM_KEPT) room = Buffer.alloc(0);
    return lines;
  };

  const connect = async () => {
    const socket = new Socket();
    const client = new pg.Client({
      connectionString: database,
      connectionTimeoutMillis: patience,
      // A batch that waits for the lock of a writer that died must not wait longer than the server needs to notice.
      statement_timeout: patience,
      application_name: 'lienthong-ledger',
      stream: () => socket,
    });
    const lost = () => {
      if (open?.client === client) open = undefined;
    };
    // Whatever is under way is told as well; without a listener an idle connection that breaks ends the process.
    client.on('error', lost);
    client.on('end', lost);
    const cut = () => {
      lost();
      socket.destroy();
    };
    const frozen = setTimeout(cut, patience + GRACE);
    try {
      await client.connect();
      await client.query(DURABLE);
    } catch (error) {
      cut();
      throw error;
    } finally {
      clearTimeout(frozen);
    }
    open = { client, cut };
    return open;
  };

  const ask = async (query: pg.QueryArrayConfig): Promise<readonly (string | undefined)[]> => {
    const { client, cut } = open ?? (await connect());
    // The server's own timeout does not help where the server is frozen, or the network is cut.
    const frozen = setTimeout(cut, patience + GRACE);
    try {
      const { rows } = await client.query<string[]>({ ...query, types: TEXT });
      return rows[0] ?? [];
    } finally {
      clearTimeout(frozen);
    }
  };

  return {
    async append(batch) {
      const values = [linesOf(batch), secretsOf(batch)];
      const [seqs = ''] = await ask({ name: STATEMENT, text: APPEND, values, rowMode: 'array' });
      return numbersIn(seqs, batch.length);
    },
    async ready() {
      // A server that is still starting, or has become a standby, answers but takes nothing.
      const [standby] = await ask({ text: 'select pg_is_in_recovery()', rowMode: 'array' });
      if (standby !== 'f') throw new Error('the store is a standby');
    },
    async close() {
      const last = open;
      if (last === undefined) return;
      const frozen = setTimeout(last.cut, patience);
      await last.client.end().catch(() => undefined);
      clearTimeout(frozen);
      open = undefined;
    },
  };
};

/** Bytes for batches that are kept from one to the next; those of ordinary records take a tenth of it. */
const ROOM_KEPT = 1024 * 1024;
/** The server is given so many milliseconds to say itself that it took too long. */
const GRACE = 250;

/** Values stay the text that they come as. */
const TEXT: pg.CustomTypesConfig = { getTypeParser: () => (text: string) => text };

const secretsOf = (batch: readonly Prepared[]): Buffer => {
  const secrets = Buffer.allocUnsafe(2 * HASH_BYTES * batch.length);
  let at = 0;
  for (const { key, root } of batch) {
    at += secrets.write(key, at, HASH_BYTES, 'latin1');
    at += secrets.write(root, at, HASH_BYTES, 'latin1');
  }
  return secrets;
};

/** PostgreSQL's text of an array of bigint: `{1,2,3}`. */
const numbersIn = (text: string, many: number): readonly number[] => {
  const numbers = text.slice(1, -1).split(',').map(Number);
  if (numbers.length === many && numbers.every(Number.isSafeInteger)) return numbers;
  throw new TypeError('the store did not answer with a number for each record');
};
