// `lesson status`: every cluster on this machine, its nodes, its engine.
import { describeEngine, readEngine } from '../cluster/engine.ts';
import { onCoordinator } from '../cluster/info.ts';
import { findLocal, type LocalStatus, listLocal } from '../cluster/local/list.ts';
import type { Engine } from '../cluster/types.ts';
import { exitCodes, type Surroundings } from '../surroundings.ts';

interface Options {
  readonly json: boolean;
}

export async function status({ json }: Options, { stdout, signal }: Surroundings): Promise<number> {
  const clusters = await listLocal();
  const described = await Promise.all(
    clusters.map(async (cluster) => ({ cluster, engine: await engineOf(cluster, signal) })),
  );
  if (json) {
    stdout.write(`${JSON.stringify(described.map(toJson), null, 2)}\n`);
    return exitCodes.held;
  }
  if (clusters.length === 0) stdout.write('There is no cluster. "lesson up" starts one.\n');
  for (const { cluster, engine } of described) stdout.write(`${describe(cluster, engine)}\n`);
  return exitCodes.held;
}

/** Asked of the coordinator; undefined where it does not answer. */
async function engineOf(
  { name, condition, nodes }: LocalStatus,
  signal: AbortSignal,
): Promise<Engine | undefined> {
  const isUp = nodes.some(({ role, state }) => role === 'coordinator' && state === 'up');
  if (condition === 'broken' || !isUp) return undefined;
  try {
    const cluster = await findLocal(name);
    return await onCoordinator(cluster, (coordinator) => readEngine(coordinator, signal));
  } catch {
    return undefined;
  }
}

function describe(
  { name, dir, condition, nodes, createdAt, sizeBytes, holder }: LocalStatus,
  engine?: Engine,
): string {
  const up = nodes.filter(({ state }) => state === 'up').length;
  const conditions = {
    sound: '',
    outdated: ', made by another version: "lesson up" replaces it',
    broken: ', left half-made: "lesson up" makes it afresh, "lesson down --purge" removes it',
  };
  const width = Math.max(0, ...nodes.map((node) => node.name.length));
  return [
    `Cluster "${name}" (local): ${up} of ${nodes.length} servers up${conditions[condition]}`,
    ...(engine === undefined ? [] : [`  engine   ${describeEngine(engine)}`]),
    `  data     ${dir}, ${(sizeBytes / 1e6).toFixed(0)} MB${createdAt === undefined ? '' : `, since ${createdAt.toISOString()}`}`,
    ...(holder === undefined
      ? []
      : [`  in use   ${holder.what} (process ${holder.pid}, since ${holder.since})`]),
    ...nodes.map(({ name: node, state, address, pid }) =>
      state === 'up'
        ? `  ${node.padEnd(width)}  up    ${address.host}:${address.port}  process ${pid}`
        : `  ${node.padEnd(width)}  down`,
    ),
  ].join('\n');
}

/** Without the passwords; `lesson url` gives them to whoever asks for one. */
function toJson({ cluster, engine }: { cluster: LocalStatus; engine: Engine | undefined }) {
  const nodes = cluster.nodes.map(({ name, role, state, address: { host, port }, pid }) => ({
    name,
    role,
    state,
    host,
    port,
    pid,
  }));
  return { ...cluster, kind: 'local', engine, nodes };
}
