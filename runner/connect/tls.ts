// TLS as libpq does it: what each `sslmode` checks of the server's certificate. node-pg's own reading of them differs.
import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';
import { UserError } from '../errors.ts';
import type { Tls } from './address.ts';

/** For `pg`. @throws UserError where a file cannot be read. */
export function sslOptions(tls: Tls | undefined): ConnectionOptions | false {
  if (tls === undefined) return false;
  const { mode, rootCert, cert, key } = tls;
  return {
    ...(rootCert !== undefined && rootCert !== systemRoots && { ca: read('sslrootcert', rootCert) }),
    ...(cert !== undefined && { cert: read('sslcert', cert) }),
    ...(key !== undefined && { key: read('sslkey', key) }),
    ...checks(mode, rootCert !== undefined),
  };
}

/** With a root certificate `require` is `verify-ca`: "Certificate verification" in libpq's "SSL Support". */
function checks(mode: Tls['mode'], hasRoot: boolean): ConnectionOptions {
  switch (mode) {
    case 'require':
      return hasRoot ? anyName : { rejectUnauthorized: false };
    case 'verify-ca':
      return anyName;
    case 'verify-full':
      return {};
  }
}

const anyName: ConnectionOptions = { checkServerIdentity: () => undefined };

/** The value of `sslrootcert` that means the authorities which the system trusts; here those that Node ships. */
export const systemRoots = 'system';

function read(setting: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new UserError(`${setting} "${file}" cannot be read: ${(cause as Error).message}`, {
      code: 'usage',
      cause,
    });
  }
}
