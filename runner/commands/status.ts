// `lesson status`: every cluster on this machine, its nodes, its engine.
import { describeEngine, readEngine } from '../cluster/engine.ts';
import { everyProvider } from '../cluster/find-provider.ts';
import { onCoordinator } from '../cluster/info.ts';
import { type Engine, isFirst } from '../cluster/port.ts';
import type { ClusterProvider, ClusterStatus } from '../cluster/provider.ts';
import { withCommand } from '../command-name.ts';
import { exitCodes, type Invocation } from '../invocation.ts';
import { describeNode } from './node-line.ts';

interface Options {
  readonly json: boolean;
}

export async function status({ json }: Options, { command, stdout, signal }: Invocation): Promise<number> {
  const providers = await everyProvider();
  const lists = await Promise.all(
    providers.map(async (provider) => {
      const clusters = await provider.list();
      return Promise.all(
        clusters.map(async (cluster) => ({ cluster, engine: await engineOf(provider, cluster, signal) })),
      );
    }),
  );
  const described = lists.flat();
  if (json) {
    stdout.write(`${JSON.stringify(described.map(toJson), null, 2)}\n`);
    return exitCodes.ok;
  }
  const say = (text: string) => stdout.write(`${withCommand(text, command)}\n`);
  if (described.length === 0) say('There is no cluster. "lesson up" starts one.');
  for (const { cluster, engine } of described) say(describe(cluster, engine));
  return exitCodes.ok;
}

/** Asked of the coordinator; undefined where it does not answer. */
async function engineOf(
  provider: ClusterProvider,
  { name, condition, nodes }: ClusterStatus,
  signal: AbortSignal,
): Promise<Engine | undefined> {
  const isUp = nodes.some((node) => isFirst(node) && node.state === 'up');
  if (condition === 'broken' || !isUp) return undefined;
  try {
    const cluster = await provider.find(name);
    return await onCoordinator(cluster, (coordinator) => readEngine(cluster.kind, coordinator, signal));
  } catch {
    return undefined;
  }
}

function describe(
  { kind, name, dataLocation, condition, nodes, createdAt, sizeBytes, holder }: ClusterStatus,
  engine?: Engine,
): string {
  const up = nodes.filter(({ state }) => state === 'up').length;
  const conditions = {
    sound: '',
    outdated: ', created by another version: "lesson up" replaces it',
    broken: ', not created completely: "lesson up" creates it again, "lesson down --purge" removes it',
  };
  const size = sizeBytes === undefined ? [] : [`${(sizeBytes / 1e6).toFixed(0)} MB`];
  const since = createdAt === undefined ? [] : [`${ageOf(createdAt)} old`];
  const width = Math.max(0, ...nodes.map((node) => node.name.length));
  return [
    `Cluster "${name}" (${kind}): ${up} of ${nodes.length} servers up${conditions[condition]}`,
    ...(engine === undefined
      ? []
      : [`  ${engine.kind === 'none' ? 'server' : 'engine'}   ${describeEngine(engine)}`]),
    `  data     ${[dataLocation, ...size, ...since].join(', ')}`,
    ...(holder === undefined
      ? []
      : [`  in use   ${holder.what} (process ${holder.pid}, since ${holder.since})`]),
    ...nodes.map((node) => `  ${describeNode(node, width)}`),
  ].join('\n');
}

function ageOf(createdAt: Date, now = Date.now()): string {
  const minutes = Math.max(0, Math.floor((now - createdAt.getTime()) / 60_000));
  if (minutes < 60) return `${minutes} min`;
  return minutes < 48 * 60 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 60 / 24)} days`;
}

/** Without the passwords; `lesson url` gives them to whoever asks for one. */
function toJson({ cluster, engine }: { cluster: ClusterStatus; engine: Engine | undefined }) {
  const nodes = cluster.nodes.map(({ name, role, state, address: { host, port }, pid }) => ({
    name,
    role,
    state,
    host,
    port,
    pid,
  }));
  return { ...cluster, engine, nodes };
}
