// Finds out how a server is reached, with TLS or without, and says what is wrong where it is not.
import pg from 'pg';
import type { Address } from '../../connect/address.ts';
import { withClient } from '../../connect/client.ts';
import type { Location } from '../../connect/location.ts';
import { UserError } from '../../errors.ts';

/** How long a server may take to accept a connection. */
const connectMs = 10_000;

/** The first attempt that succeeds. @throws UserError that says what to do; `signal.reason` after an abort. */
export async function reach(
  location: Location,
  signal: AbortSignal,
  { host, port }: Pick<Address, 'host' | 'port'> = location,
): Promise<Address> {
  const { user, database, options, tlsAttempts } = location;
  const password = location.password(host, port);
  const failures: Error[] = [];
  for (const tls of tlsAttempts) {
    const address = {
      host,
      port,
      user,
      password,
      database,
      ...(options && { options }),
      ...(tls && { tls }),
    };
    try {
      await withClient(address, { signal, timeoutMs: connectMs }, (client) => client.query('SELECT 1'));
      return address;
    } catch (error) {
      signal.throwIfAborted();
      failures.push(error as Error);
      if (isAboutNetwork(error)) break;
    }
  }
  // Where the server has no TLS, the error of the other attempt says more.
  throw explain(failures.find((error) => !noTls.test(error.message)) ?? failures[0]!, location, {
    host,
    port,
  });
}

const noTls = /does not support SSL/;
const networkCodes = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOENT'];

const codeOf = (error: unknown): string => (error as { code?: string }).code ?? '';

function isAboutNetwork(error: unknown): boolean {
  return networkCodes.includes(codeOf(error)) || error instanceof UserError;
}

function explain(
  error: Error,
  { user, database, ignoredPassFile }: Location,
  { host, port }: Pick<Address, 'host' | 'port'>,
): UserError {
  if (error instanceof UserError) return error;
  const server = host.startsWith('/') ? `"${host}/.s.PGSQL.${port}"` : `${host}:${port}`;
  const fail = (what: string, hint: string) => new UserError(what, { code: 'cluster', hint, cause: error });
  switch (codeOf(error)) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return fail(`there is no host "${host}"`, 'Look at the URL: postgres://user@host:5432/database');
    case 'ECONNREFUSED':
    case 'ENOENT':
      return fail(`nobody listens at ${server}`, 'Does the server run, and is this its port?');
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return fail(`${server} cannot be reached from here`, 'Is there a firewall, or a VPN, between?');
    case '28P01':
    case '28000':
      return fail(`${server} does not let "${user}" in: ${error.message}`, passwordHint(ignoredPassFile));
    case '3D000':
      return fail(`${server} has no database "${database}"`, howToMakeOne(database));
  }
  if (/SASL|password must be a string/.test(error.message)) {
    return fail(`${server} wants a password for "${user}"`, passwordHint(ignoredPassFile));
  }
  if (noTls.test(error.message)) {
    return fail(
      `${server} has no TLS`,
      'With sslmode=prefer or sslmode=disable the connection is in the clear.',
    );
  }
  if (/certificate|altname|CERT|SIGNED|ISSUER/i.test(`${codeOf(error)} ${error.message}`)) {
    return fail(
      `the certificate of ${server} is not trusted: ${error.message}`,
      'Name the certificate of who signed it with sslrootcert=FILE; sslmode=require does not look at it.',
    );
  }
  return fail(`${server} does not answer: ${error.message || codeOf(error)}`, 'Is it a PostgreSQL server?');
}

function passwordHint(ignoredPassFile: string | undefined): string {
  const sources = 'Passwords are read from the URL, PGPASSWORD and ~/.pgpass; none is remembered.';
  return ignoredPassFile === undefined ? sources : `${sources} ${ignoredPassFile}`;
}

/** What nobody can do from here: a database of its own for the lessons. */
export function howToMakeOne(database: string): string {
  const name = pg.escapeIdentifier(database);
  return [
    'An empty one is made by a superuser: on the coordinator and on every worker',
    `  CREATE DATABASE ${name};`,
    `and in it, on each of them (\\c ${name})`,
    '  CREATE EXTENSION citus;',
    'then, in it, on the coordinator',
    "  SELECT citus_set_coordinator_host('COORDINATOR', 5432);",
    "  SELECT citus_add_node('WORKER', 5432);  -- for each worker",
  ].join('\n');
}
