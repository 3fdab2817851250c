// Looks at a database before a lesson touches it: is it Citus, may this user do what lessons do, is it empty?
import type { Client } from 'pg';
import type { Address } from '../../connect/address.ts';
import { withClient } from '../../connect/client.ts';
import { howToMakeOne } from '../../connect/reach.ts';
import { UserError } from '../../errors.ts';
import { readMarker } from './marker.ts';
import { objects } from './objects.ts';

/** `run_command_on_all_nodes` and metadata on the workers came with it. */
const oldestCitus = 11;

/** Changes nothing: what is tried is rolled back. @throws UserError where lessons cannot run there. */
export async function inspect(address: Address, signal: AbortSignal): Promise<{ readonly workers: number }> {
  return withClient(address, { signal, timeoutMs: 60_000 }, async (client) => {
    await requireCitus(client, address);
    const workers = await requireWorkers(client);
    await requireEmpty(client, address);
    await requireRights(client, address);
    return { workers };
  }).catch((cause: Error) => {
    signal.throwIfAborted();
    if (cause instanceof UserError) throw cause;
    throw refuse(
      `"${address.user}" cannot inspect the database "${address.database}": ${cause.message}`,
      rightsHint(address.user),
    );
  });
}

async function requireCitus(client: Client, { database }: Address): Promise<void> {
  const { rows } = await client.query(`
    SELECT pg_is_in_recovery()                                           AS "isStandby",
           (SELECT extversion FROM pg_extension WHERE extname = 'citus') AS version`);
  const { isStandby, version } = rows[0];
  if (isStandby) {
    throw refuse('the server is a standby, which does not accept writes', 'Give the URL of the primary.');
  }
  if (version === null) {
    throw refuse(`the database "${database}" has no extension "citus"`, howToMakeOne(database));
  }
  const engine = await client.query('SELECT citus_version() AS name, groupid FROM pg_dist_local_group');
  const { name, groupid } = engine.rows[0];
  if (groupid !== 0) {
    throw refuse('the server is a worker of a Citus cluster', 'Give the URL of the coordinator.');
  }
  if (name.startsWith('Citus ') && Number.parseInt(version, 10) < oldestCitus) {
    throw refuse(
      `the server has Citus ${version}, which is too old`,
      `Lessons need Citus ${oldestCitus} or later.`,
    );
  }
}

async function requireWorkers(client: Client): Promise<number> {
  const { rows } = await client.query(`
    SELECT count(*)::int AS workers
      FROM pg_dist_node
     WHERE groupid <> 0
       AND noderole = 'primary'
       AND shouldhaveshards`);
  const { workers } = rows[0];
  if (workers > 0) return workers;
  throw refuse(
    'the cluster has no workers that can have shards',
    `On the coordinator: SELECT citus_add_node('WORKER', 5432), for each worker.`,
  );
}

/** What an interrupted run left is ours. */
export async function requireEmpty(client: Client, { database }: Address): Promise<void> {
  if ((await readMarker(client)) !== undefined) return;
  const { rows } = await client.query(`SELECT object FROM (${objects}) AS found ORDER BY drop_order, object`);
  if (rows.length === 0) return;
  const shown = rows.slice(0, 5).map(({ object }) => object);
  if (rows.length > shown.length) shown.push(`${rows.length - shown.length} more`);
  throw refuse(
    `the database "${database}" is not empty (${shown.join(', ')}), and lessons drop what is in theirs`,
    howToMakeOne('lessons'),
  );
}

async function requireRights(client: Client, { user, database }: Address): Promise<void> {
  const attempt = async (what: string, sql: string) => {
    const { rows } = await client.query(sql).catch((cause: Error) => {
      throw refuse(
        `"${user}" cannot ${what} in the database "${database}": ${cause.message}`,
        rightsHint(user),
      );
    });
    const failed = rows.find(({ success }) => success === false);
    if (failed) throw refuse(`"${user}" cannot ${what}: ${failed.result}`, rightsHint(user));
  };
  await client.query('BEGIN');
  try {
    await attempt('create a table', 'CREATE TABLE lesson_trial (k int)');
    await attempt(
      'distribute a table',
      `SELECT create_distributed_table('lesson_trial', 'k', shard_count => 2)`,
    );
    await attempt(
      'run commands on the workers',
      `SELECT success, result FROM run_command_on_workers('SELECT 1')`,
    );
  } finally {
    await client.query('ROLLBACK').catch(() => {}); // the connection may be gone
  }
}

const rightsHint = (user: string): string =>
  `Check that all nodes are running and have this role, with a password that the others know. It needs CREATE on the schema public on every node: SELECT run_command_on_all_nodes('GRANT CREATE ON SCHEMA public TO ${user.replaceAll("'", "''")}')`;

const refuse = (what: string, hint: string): UserError => new UserError(what, { code: 'cluster', hint });
