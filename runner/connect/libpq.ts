// An address in the forms that other programs take.
import type { Address } from './address.ts';

/** The variables that psql, and everything else built on libpq, reads. */
export function libpqEnvironment({ host, port, user, password, database, options, tls }: Address) {
  return {
    PGHOST: host,
    PGPORT: String(port),
    PGUSER: user,
    PGPASSWORD: password,
    PGDATABASE: database,
    PGSSLMODE: tls?.mode ?? 'disable',
    ...(tls?.rootCert && { PGSSLROOTCERT: tls.rootCert }),
    ...(tls?.cert && { PGSSLCERT: tls.cert }),
    ...(tls?.key && { PGSSLKEY: tls.key }),
    ...(options && { PGOPTIONS: options }),
  };
}

/** An environment for `libpqEnvironment`: the caller's variables may mean another server. */
export function withoutLibpqVariables(
  env: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('PG')));
}

/** With the password. */
export function connectionUrl({ host, port, user, password, database, options, tls }: Address): string {
  const secret = password === '' ? '' : `:${encodeURIComponent(password)}`;
  const settings = {
    ...(tls && { sslmode: tls.mode }),
    ...(tls?.rootCert && { sslrootcert: tls.rootCert }),
    ...(tls?.cert && { sslcert: tls.cert }),
    ...(tls?.key && { sslkey: tls.key }),
    ...(options && { options }),
  };
  const query = Object.entries(settings).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return [
    `postgresql://${encodeURIComponent(user)}${secret}@${inUrl(host)}:${port}/${encodeURIComponent(database)}`,
    ...(query.length > 0 ? [query.join('&')] : []),
  ].join('?');
}

/** A folder with a socket is written with %2F, an IPv6 address in brackets. */
export function inUrl(host: string): string {
  return host.includes(':') ? `[${host}]` : encodeURIComponent(host);
}
