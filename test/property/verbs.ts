// What is done to the nodes of a cluster while rows are written to it: random verbs at random moments, some of them by a
// command that is killed before its end.
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import fc from 'fast-check';
import type { Cluster, NodeStatus } from '../../runner/cluster/port.ts';
import { UserError } from '../../runner/errors.ts';
import { ask, never } from '../support/servers.ts';
import { startLesson } from './lesson.ts';

const verbs = [
  'kill',
  'stop',
  'pause',
  'start',
  'resume',
  'standby',
  'failover',
  'rebuild',
  'add',
  'remove',
] as const;

export interface Action {
  readonly verb: (typeof verbs)[number];
  /** Which of the nodes that are there. */
  readonly at: number;
  /** Before it, in milliseconds. */
  readonly pause: number;
  /** After so many milliseconds its command is killed. */
  readonly killAfter: number | null;
}

export interface Script {
  /** Those that have a standby when it begins. */
  readonly followed: readonly string[];
  readonly actions: readonly Action[];
}

const killAfter = fc.oneof(
  { weight: 2, arbitrary: fc.constant(null) },
  { weight: 1, arbitrary: fc.nat(1_200) },
);

export const script = fc.record<Script>({
  followed: fc.subarray(['coordinator', 'worker-1', 'worker-2'], { minLength: 1 }),
  actions: fc.array(
    fc.record<Action>({ verb: fc.constantFrom(...verbs), at: fc.nat(11), pause: fc.nat(150), killAfter }),
    { minLength: 4, maxLength: 10, size: 'max' },
  ),
});

export interface Tally {
  done: number;
  refused: number;
  killed: number;
  failovers: number;
}

interface Stage {
  readonly cluster: Cluster;
  readonly stateDir: string;
  readonly tally: Tally;
}

export async function play({ followed, actions }: Script, stage: Stage): Promise<void> {
  for (const node of followed) await run(['standby', node, '--sync'], stage);
  for (const action of actions) await act(action, stage);
}

async function act({ verb, at, pause, killAfter }: Action, stage: Stage): Promise<void> {
  const { cluster, tally } = stage;
  await wait(pause);
  const nodes = await cluster.nodes();
  const args = argsOf(verb, at, nodes);
  if (args === undefined) return;
  if (verb === 'failover') {
    await run(['kill', nodes.find(({ name }) => name === args[1])!.follows!], stage);
    tally.failovers += 1;
  }
  if (killAfter !== null) await runKilled(args, killAfter, stage);
  if (killAfter === null || verb === 'failover') await run(args, stage);
  if (verb === 'failover') await tellOfPromotions(cluster).catch(() => {}); // the coordinator may be away
}

/** What `lesson node` is told; undefined where there is no node for it. */
function argsOf(verb: Action['verb'], at: number, nodes: readonly NodeStatus[]) {
  const choose = (fits: (node: NodeStatus) => unknown) => {
    const fitting = nodes.filter(fits);
    return fitting[at % fitting.length];
  };
  switch (verb) {
    case 'standby': {
      const node = choose(({ role, state }) => role !== 'standby' && state === 'up' && nodes.length < 7);
      return node && ['standby', node.name, '--sync'];
    }
    case 'failover': {
      const node = choose(({ follows, state }) => follows && state === 'up');
      return node && ['promote', node.name];
    }
    case 'rebuild': {
      const node = choose(({ replacedBy }) => replacedBy);
      return node && ['standby', node.replacedBy!, '--as', node.name, '--sync'];
    }
    case 'remove': {
      // Of a node that holds shards it is Citus's to refuse, while the metadata knows it.
      const node = choose(
        ({ name, role, replacedBy }) => role === 'standby' || replacedBy || name === 'worker-3',
      );
      return node && ['remove', node.name];
    }
    case 'add':
      return ['add', 'worker-3'];
    default:
      return [verb, choose(() => true)!.name];
  }
}

/** A refusal is an answer, any other error is not. */
async function run(
  [verb = '', node = '', ...more]: readonly string[],
  { cluster, tally }: Stage,
): Promise<void> {
  const servers = cluster.servers!;
  try {
    if (verb === 'standby') {
      const name = more[0] === '--as' ? more[1]! : `${node}-standby`;
      await servers.standby({ name, of: node, synchronous: true, delayMs: 0, slot: false }, never);
    } else await servers[verb as 'kill'](node, never);
    tally.done += 1;
  } catch (error) {
    if (!(error instanceof UserError) || /^"lesson node .*" failed: /.test(error.message)) throw error;
    tally.refused += 1;
  }
}

async function runKilled(args: readonly string[], ms: number, { stateDir, tally }: Stage): Promise<void> {
  const command = startLesson(['node', ...args], stateDir);
  const ended = once(command, 'exit');
  await Promise.race([ended, wait(ms)]);
  if (command.exitCode === null) tally.killed += 1;
  command.kill('SIGKILL');
  await ended;
}

/** As a learner does it after a promotion, in SQL. */
export async function tellOfPromotions(cluster: Cluster): Promise<void> {
  for (const { name, role, replacedBy } of await cluster.nodes()) {
    if (replacedBy === undefined) continue;
    await ask(
      cluster,
      'coordinator',
      role === 'coordinator'
        ? `SELECT citus_set_coordinator_host('${replacedBy}', 5432)`
        : `SELECT citus_update_node(nodeid, '${replacedBy}', 5432) FROM pg_dist_node WHERE nodename = '${name}'`,
    );
  }
}
