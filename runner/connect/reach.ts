// Finds out how a server is reached, with TLS or without, and says what is wrong where it is not.
import pg from 'pg';
import { UserError } from '../errors.ts';
import type { Address } from './address.ts';
import { withClient } from './client.ts';
import type { Location } from './location.ts';

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
      return fail(
        `could not resolve the host name "${host}"`,
        'Check the URL: postgres://user@host:5432/database',
      );
    case 'ECONNREFUSED':
    case 'ENOENT':
      return fail(
        `connection to ${server} was refused`,
        'Check that the server is running and that this is its port.',
      );
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return fail(`${server} cannot be reached from here`, 'Check for a firewall or a VPN in between.');
    case '28P01':
    case '28000':
      return fail(
        `authentication failed for "${user}" on ${server}: ${error.message}`,
        passwordHint(ignoredPassFile),
      );
    case '3D000':
      return fail(`the database "${database}" does not exist on ${server}`, howToMakeOne(database));
  }
  if (/unsupported startup parameter/.test(error.message)) {
    return fail(
      `${server} is a pooler that refuses the settings of a session: ${error.message}`,
      'Give the URL of the coordinator itself. PgBouncer in session mode accepts them with ignore_startup_parameters = options.',
    );
  }
  if (/SASL|password must be a string/.test(error.message)) {
    return fail(`${server} requires a password for "${user}"`, passwordHint(ignoredPassFile));
  }
  if (noTls.test(error.message)) {
    return fail(
      `${server} does not support TLS`,
      'With sslmode=prefer or sslmode=disable the connection is not encrypted.',
    );
  }
  if (/certificate|altname|CERT|SIGNED|ISSUER/i.test(`${codeOf(error)} ${error.message}`)) {
    return fail(
      `the certificate of ${server} is not trusted: ${error.message}`,
      'Specify the certificate of its authority with sslrootcert=FILE; sslmode=require does not verify it.',
    );
  }
  return fail(
    `connection to ${server} failed: ${error.message || codeOf(error)}`,
    'Check that it is a PostgreSQL server.',
  );
}

function passwordHint(ignoredPassFile: string | undefined): string {
  const sources = 'Passwords are read from the URL, PGPASSWORD and ~/.pgpass; they are not stored.';
  return ignoredPassFile === undefined ? sources : `${sources} ${ignoredPassFile}`;
}

/** What nobody can do from here: a database of its own for the lessons. */
export function howToMakeOne(database: string): string {
  const name = pg.escapeIdentifier(database);
  return [
    'A superuser can create an empty one, on the coordinator and on every worker:',
    `  CREATE DATABASE ${name};`,
    `then, connected to it (\\c ${name}), on each of them:`,
    '  CREATE EXTENSION citus;',
    'then, connected to it, on the coordinator:',
    "  SELECT citus_set_coordinator_host('COORDINATOR', 5432);",
    "  SELECT citus_add_node('WORKER', 5432);  -- for each worker",
  ].join('\n');
}
