// Which engine a server runs. It is asked, never guessed from the kind of cluster.

import type { Connection } from '../connect/connection.ts';
import { type QueryError, query } from '../connect/query.ts';
import { UserError } from '../errors.ts';
import type { Engine } from './port.ts';

/** Throws a UserError where the database has neither Citus nor the built-in engine. */
export async function readEngine(connection: Connection, signal: AbortSignal): Promise<Engine> {
  const sql = `SELECT current_setting('server_version'), citus_version()`;
  const [row] = await query(connection, sql, signal).catch((error: QueryError) => {
    if (error.failure?.sqlstate === undefinedFunction) return [];
    throw error;
  });
  const [postgres, version] = row ?? [];
  if (!postgres || !version) {
    throw new UserError('the database has no extension "citus"', {
      code: 'cluster',
      hint: 'Run "lesson up" to create it again.',
    });
  }
  return {
    kind: version.startsWith('Citus ') ? 'citus' : 'built-in',
    version,
    postgres: postgres.split(' ')[0] ?? postgres,
  };
}

const undefinedFunction = '42883';

/** What a reader must know of the engine, in one line. */
export function describeEngine(engine: Engine): string {
  const name = engine.kind === 'citus' ? nameEngine(engine) : `${nameEngine(engine)} (not Citus)`;
  return `${name} on PostgreSQL ${engine.postgres}`;
}

export function nameEngine({ kind, version }: Engine): string {
  switch (kind) {
    case 'built-in':
      return 'the built-in engine';
    case 'citus':
      return version.split(' on ')[0] ?? version;
  }
}
