// A connection URL, read as libpq reads it ("Connection URIs" in its manual). No message quotes one: it may hold a password.
import { resolve } from 'node:path';
import { UserError } from '../errors.ts';
import { inUrl } from './libpq.ts';

const supported = [
  ...(['host', 'port', 'user', 'password', 'dbname', 'options', 'passfile'] as const),
  ...(['sslmode', 'sslrootcert', 'sslcert', 'sslkey'] as const),
] as const;

/** What a URL says; all that it leaves open is absent. */
export type Parameters = Partial<Record<(typeof supported)[number], string>>;

/** These change nothing of what a lesson sees, or are ours to say. */
const ignored = [
  ...['application_name', 'fallback_application_name', 'client_encoding', 'connect_timeout'],
  ...['keepalives', 'keepalives_idle', 'keepalives_interval', 'keepalives_count', 'tcp_user_timeout'],
  ...['gssencmode', 'krbsrvname', 'target_session_attrs', 'load_balance_hosts'],
];

export const isUrl = (cluster: string): boolean => /^postgres(ql)?:\/\//.test(cluster);

const form = new RegExp(
  [
    '^postgres(?:ql)?://',
    '(?:([^:@/]*)(?::([^@/]*))?@)?', // user:password@
    '(\\[[^\\]]*\\]|[^:/?]*)(?::([^/?]*))?', // host:port
    '(?:/([^?]*))?(?:\\?(.*))?$', // /database?settings
  ].join(''),
  's',
);

/** @throws UserError for what is no URL, or asks for what cannot be had. */
export function parseUrl(url: string, cwd = process.cwd()): Parameters {
  const match = form.exec(url);
  if (!match) throw invalid('it does not have the form postgres://user@host:port/database');
  const [, user, password, host = '', port, dbname, query] = match;
  const found: Parameters = {};
  const set = (name: keyof Parameters, text: string | undefined) => {
    if (text) found[name] = decode(text);
  };
  set('user', user);
  set('password', password);
  set('host', host.replace(/^\[(.*)\]$/, '$1'));
  set('port', port);
  set('dbname', dbname);
  for (const setting of query ? query.split('&') : []) {
    const [, name = '', value = ''] = /^([^=]*)=?(.*)$/s.exec(setting) ?? [];
    if (name === 'ssl' && value === 'true') set('sslmode', 'require');
    else if (isSupported(name)) set(name, value);
    else if (!ignored.includes(name)) throw invalid(`the parameter "${name}" is not supported`);
  }
  if ([found.host, found.port].some((text) => text?.includes(','))) {
    throw invalid('it has several hosts; specify the coordinator only');
  }
  if (found.port !== undefined && !(Number(found.port) >= 1 && Number(found.port) <= 65_535)) {
    throw invalid(
      'its port is not a number from 1 to 65535 (in a password, write ":", "@" and "/" as %3A, %40 and %2F)',
    );
  }
  for (const file of ['sslrootcert', 'sslcert', 'sslkey', 'passfile'] as const) {
    if (found[file] && found[file] !== 'system') found[file] = resolve(cwd, found[file]);
  }
  return found;
}

/** The URL of what was read, without the password: to be shown, and to be remembered. */
export function withoutPassword(url: string): string {
  const { host = '', port, user, password: _, dbname, ...settings } = parseUrl(url);
  const query = Object.entries(settings).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return [
    'postgres://',
    ...(user ? [`${encodeURIComponent(user)}@`] : []),
    inUrl(host),
    ...(port ? [`:${port}`] : []),
    `/${encodeURIComponent(dbname ?? '')}`,
    ...(query.length > 0 ? [`?${query.join('&')}`] : []),
  ].join('');
}

function isSupported(name: string): name is keyof Parameters {
  return (supported as readonly string[]).includes(name);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalid('a % in it is not followed by two hexadecimal digits; write % as %25');
  }
}

function invalid(why: string): UserError {
  return new UserError(`the URL of the cluster cannot be used: ${why}`, {
    code: 'usage',
    hint: 'Example: --cluster postgres://user@host:5432/database?sslmode=require',
  });
}
