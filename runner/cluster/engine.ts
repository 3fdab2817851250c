// Which engine a server runs. It is asked, never guessed from the kind of cluster.

import type { Connection } from '../connect/connection.ts';
import { type QueryError, query } from '../connect/query.ts';
import { UserError } from '../errors.ts';
import { plural } from '../lesson/plural.ts';
import type { ClusterKind, Engine } from './port.ts';

/** Of a server in a cluster of this kind. */
export async function readEngine(
  kind: ClusterKind,
  connection: Connection,
  signal: AbortSignal,
): Promise<Engine> {
  if (kind !== 'postgres') return readCitus(connection, signal);
  const [[version] = []] = await query(connection, `SELECT current_setting('server_version')`, signal);
  const postgres = firstWord(version ?? '');
  return { kind: 'none', version: postgres, postgres };
}

/** Throws a UserError where the database has neither Citus nor the built-in engine. */
async function readCitus(connection: Connection, signal: AbortSignal): Promise<Engine> {
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
    postgres: firstWord(postgres),
  };
}

const firstWord = (text: string): string => text.split(' ')[0] ?? text;

const undefinedFunction = '42883';

/** What a reader must know of the engine, in one line. */
export function describeEngine(engine: Engine): string {
  if (engine.kind === 'none') return nameEngine(engine);
  const name = engine.kind === 'citus' ? nameEngine(engine) : `${nameEngine(engine)} (not Citus)`;
  return `${name} on PostgreSQL ${engine.postgres}`;
}

/** Its servers, and what they run. */
export function describeServers(workers: number, engine: Engine): string {
  const servers = engine.kind === 'none' ? 'one server' : `a coordinator and ${plural(workers, 'worker')}`;
  return `${servers}, ${describeEngine(engine)}`;
}

export function nameEngine({ kind, version }: Engine): string {
  switch (kind) {
    case 'built-in':
      return 'the built-in engine';
    case 'citus':
      return version.split(' on ')[0] ?? version;
    case 'none':
      return `PostgreSQL ${version}`;
  }
}
