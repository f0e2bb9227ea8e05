import { createHmac } from 'node:crypto';
import pg from 'pg';

const NAME = /^[a-z][a-z0-9_]{0,62}$/;

const checkName = (name: string): string => {
  if (!NAME.test(name)) throw new RangeError(`"${name}" is no database name: lower case letters, digits and _`);
  return name;
};

/** Runs statements as the administrator of a server. */
const asAdmin = async <Result>(adminUrl: string, act: (client: pg.Client) => Promise<Result>): Promise<Result> => {
  const client = new pg.Client({ connectionString: adminUrl, connectionTimeoutMillis: 5_000 });
  // A server that is stopped meanwhile breaks the connection; the statement's own error says so.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await act(client);
  } finally {
    await client.end();
  }
};

const has = async (client: pg.Client, sql: string, name: string): Promise<boolean> =>
  (await client.query(sql, [name])).rowCount !== 0;

/** The same for the same server and role: nothing has to be stored, and one role's says nothing about another's. */
const passwordOf = (adminUrl: string, role: string): string =>
  createHmac('sha256', new URL(adminUrl).password).update(`role ${role}`).digest('base64url');

/**
 * Makes a database, and a role that owns it and may enter no other; both may exist already. Returns the URL with which
 * that role connects.
 */
export const createDatabase = async (adminUrl: string, name: string, owner: string = name): Promise<string> => {
  const database = pg.escapeIdentifier(checkName(name));
  const role = pg.escapeIdentifier(checkName(owner));
  const password = passwordOf(adminUrl, owner);

  await asAdmin(adminUrl, async (client) => {
    if (!(await has(client, 'select 1 from pg_roles where rolname = $1', owner))) {
      await client.query(`create role ${role} login`);
    }
    await client.query(`alter role ${role} password ${pg.escapeLiteral(password)}`);
    // An administrator who is no superuser must be a member to give something away to the role.
    await client.query(`grant ${role} to current_user`);
    if (!(await has(client, 'select 1 from pg_database where datname = $1', name))) {
      await client.query(`create database ${database} owner ${role} template template0 encoding 'UTF8'`);
    }
    await client.query(`revoke all on database ${database} from public`);
  });

  const url = new URL(adminUrl);
  url.username = owner;
  url.password = password;
  url.pathname = `/${name}`;
  return url.href;
};

/**
 * Makes a role that may connect to a database and, until its owner grants more, do nothing there; it may exist already.
 * Returns the URL with which it connects.
 */
export const createRole = async (adminUrl: string, name: string, database: string): Promise<string> => {
  const role = pg.escapeIdentifier(checkName(name));
  const password = passwordOf(adminUrl, name);
  await asAdmin(adminUrl, async (client) => {
    if (!(await has(client, 'select 1 from pg_roles where rolname = $1', name))) {
      await client.query(`create role ${role} login`);
    }
    await client.query(`alter role ${role} password ${pg.escapeLiteral(password)}`);
    await client.query(`grant connect on database ${pg.escapeIdentifier(checkName(database))} to ${role}`);
  });
  const url = new URL(adminUrl);
  url.username = name;
  url.password = password;
  url.pathname = `/${database}`;
  return url.href;
};

/** Drops a database and its role, connections or not. */
export const dropDatabase = async (adminUrl: string, name: string, owner: string = name): Promise<void> => {
  await asAdmin(adminUrl, async (client) => {
    await client.query(`drop database if exists ${pg.escapeIdentifier(checkName(name))} with (force)`);
    await client.query(`drop role if exists ${pg.escapeIdentifier(checkName(owner))}`);
  });
};

/** Keeps departments out of the databases that every server has. */
export const closeBuiltinDatabases = (adminUrl: string): Promise<void> =>
  asAdmin(adminUrl, async (client) => {
    await client.query('revoke all on database postgres from public');
    await client.query('revoke all on database template1 from public');
  });
