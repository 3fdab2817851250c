// What can be done to a cluster from outside, and by a lesson that means harm; each ends with whatever it leaves.
import { readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import type { Running, Sandbox } from '../support/binary.ts';
import { fillDisk } from '../support/small-disk.ts';

export type Damage =
  | {
      readonly do: 'signal';
      readonly during: 'run' | 'up';
      readonly signal: NodeJS.Signals;
      readonly ms: number;
    }
  | { readonly do: 'down'; readonly during: 'run'; readonly ms: number }
  | { readonly do: 'kill'; readonly node: string }
  | { readonly do: 'hostile'; readonly node: string; readonly sql: string }
  | { readonly do: 'damage'; readonly file: string; readonly how: 'cut' | 'empty' | 'garbage' | 'gone' }
  | {
      readonly do: 'fill the disk';
      readonly freeBytes: number;
      readonly before: 'run' | 'up' | 'down' | 'standby';
    }
  | { readonly do: 'stop' };

const nodes = ['coordinator', 'worker-1', 'worker-2'];
const node = fc.constantFrom(...nodes);

/** Each needed a purge once. */
export const hostile: readonly string[] = [
  'DROP EXTENSION citus CASCADE',
  `ALTER ROLE postgres SET statement_timeout = '1ms'`,
  `ALTER DATABASE postgres SET statement_timeout = '1ms'`,
  `ALTER DATABASE template1 SET session_preload_libraries = 'nope'`,
  `ALTER ROLE postgres SET session_preload_libraries = 'nope'`,
  `ALTER ROLE postgres PASSWORD 'another'`,
  'ALTER ROLE postgres NOLOGIN',
  'CREATE ROLE other SUPERUSER LOGIN',
  `ALTER SYSTEM SET shared_preload_libraries = 'nope'`,
  `ALTER SYSTEM SET synchronous_standby_names = 'nobody'`,
  `ALTER SYSTEM SET max_connections = 5`,
  'ALTER DATABASE template1 IS_TEMPLATE false; DROP DATABASE template1',
  `CREATE FUNCTION public.locked() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'closed'; END $$;
   CREATE EVENT TRIGGER locked ON login EXECUTE FUNCTION public.locked()`,
  `SELECT pg_create_logical_replication_slot('mine', 'pgoutput')`,
];

const files = [
  ...['kinds.json', 'progress.json', 'tables-default.json'],
  ...['cluster.json', 'untouched.json', 'pgpass'].map((file) => `clusters/default/${file}`),
  ...['worker-1/port', 'coordinator/data/postgresql.auto.conf', 'worker-2/data/global/pg_control'].map(
    (file) => `clusters/default/${file}`,
  ),
  'clusters/default/worker-1/data/base',
];

/** Of a state folder that `mountSmallDisk` has made. */
export const fullDisk: fc.Arbitrary<Damage> = fc.record({
  do: fc.constant('fill the disk' as const),
  freeBytes: fc.constantFrom(0, 10_000, 1_000_000, 20_000_000),
  before: fc.constantFrom('run' as const, 'up' as const, 'down' as const, 'standby' as const),
});

export const damage: fc.Arbitrary<Damage> = fc.oneof(
  fc.record({
    do: fc.constant('signal' as const),
    during: fc.constantFrom('run' as const, 'up' as const),
    signal: fc.constantFrom<NodeJS.Signals[]>('SIGINT', 'SIGTERM', 'SIGHUP', 'SIGKILL'),
    ms: fc.integer({ min: 0, max: 1500 }),
  }),
  fc.record({
    do: fc.constant('down' as const),
    during: fc.constant('run' as const),
    ms: fc.integer({ min: 0, max: 1500 }),
  }),
  fc.record({ do: fc.constant('kill' as const), node }),
  fc.record({ do: fc.constant('hostile' as const), node, sql: fc.constantFrom(...hostile) }),
  fc.record({
    do: fc.constant('damage' as const),
    file: fc.constantFrom(...files),
    how: fc.constantFrom('cut' as const, 'empty' as const, 'garbage' as const, 'gone' as const),
  }),
  fc.record({ do: fc.constant('stop' as const) }),
);

/** Returns what the commands printed: never a stack. */
export async function inflict(what: Damage, sandbox: Sandbox): Promise<string> {
  switch (what.do) {
    case 'signal':
      return interrupt(what.during === 'run' ? run(sandbox) : sandbox.start('up'), what.signal, what.ms);
    case 'down': {
      const running = run(sandbox);
      await elapse(what.ms);
      const { stderr } = await sandbox.run('down');
      return stderr + (await running.ended).stderr;
    }
    case 'fill the disk': {
      const makeRoom = await fillDisk(sandbox, what.freeBytes);
      const { stderr } = await sandbox.run(...commandOf(what.before));
      await makeRoom();
      return stderr;
    }
    case 'stop':
      return (await sandbox.run('down')).stderr;
    case 'kill':
      return (await sandbox.run('node', 'kill', what.node)).stderr;
    case 'hostile':
      return sendSql(what, sandbox);
    case 'damage':
      return damageFile(join(sandbox.dir, 'state', what.file), what.how);
  }
}

const run = (sandbox: Sandbox): Running => sandbox.start('run', '03-distribution', '--yes');

function commandOf(what: 'run' | 'up' | 'down' | 'standby'): readonly string[] {
  if (what === 'run') return ['run', '03-distribution', '--yes'];
  return what === 'standby' ? ['node', 'standby', 'worker-1'] : [what];
}

async function interrupt(running: Running, signal: NodeJS.Signals, ms: number): Promise<string> {
  await elapse(ms);
  running.child.kill(signal);
  return (await running.ended).stderr;
}

/** The moment at which a command is interrupted is the point. */
const elapse = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** What the server says, or that it does not answer, is of no interest. */
async function sendSql(
  what: { readonly node: string; readonly sql: string },
  sandbox: Sandbox,
): Promise<string> {
  const { stdout, stderr } = await sandbox.run('url', what.node);
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: stdout.trim(), connectionTimeoutMillis: 5_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    for (const statement of what.sql.split(/;\s*(?=DROP|CREATE EVENT)/)) await client.query(statement);
  } catch {
    // an earlier damage
  } finally {
    await client.end().catch(() => {});
  }
  return stderr;
}

async function damageFile(file: string, how: 'cut' | 'empty' | 'garbage' | 'gone'): Promise<string> {
  const isFolder = (await readdir(file).catch(() => undefined)) !== undefined;
  const text = isFolder ? undefined : await readFile(file).catch(() => undefined);
  if (isFolder || how === 'gone') await rm(file, { recursive: true, force: true });
  else if (text !== undefined && how === 'cut') await truncate(file, Math.floor(text.length / 2));
  else if (text !== undefined) await writeFile(file, how === 'empty' ? '' : '{"not": ["what it was"');
  return '';
}
