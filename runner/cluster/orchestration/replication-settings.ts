// The replication settings of a server: its primary, and the standbys for which its commits wait.
import type { ServerSettings } from '../drivers/driver.ts';
import { slotName } from './node-commands.ts';
import type { NodeRecord } from './node-record.ts';
import type { Site } from './site.ts';

/** Writes the settings of all nodes; servers that run read them at the next reload. */
export async function configureNodes(site: Site, signal: AbortSignal): Promise<void> {
  const { nodes } = site.record;
  const settings = await Promise.all(nodes.map((node) => replicationSettings(site, node)));
  await site.machines.configure(new Map(nodes.map(({ name }, i) => [name, settings[i]!])), signal);
}

/** Empty for a server that is no standby and has none. */
async function replicationSettings(
  { machines, record: { nodes } }: Pick<Site, 'machines' | 'record'>,
  { name, follows }: NodeRecord,
): Promise<ServerSettings> {
  const waitedFor = synchronousStandbys(nodes, name);
  return {
    ...(follows && (await standbySettings(machines, name, follows))),
    ...(waitedFor !== undefined && { synchronous_standby_names: waitedFor }),
  };
}

async function standbySettings(
  machines: Site['machines'],
  standby: string,
  { of, slot, delayMs }: NonNullable<NodeRecord['follows']>,
): Promise<ServerSettings> {
  const { host, port } = await machines.peer(of);
  return {
    primary_conninfo: `host=${host} port=${port} user=postgres application_name=${standby}`,
    ...(slot && { primary_slot_name: slotName(standby) }),
    ...(delayMs > 0 && { recovery_min_apply_delay: `${delayMs}ms` }),
  };
}

/** The value of `synchronous_standby_names` of a node; undefined where commits wait for none. */
function synchronousStandbys(nodes: readonly NodeRecord[], node: string): string | undefined {
  const waitedFor = nodes.filter(({ follows }) => follows?.of === node && follows.synchronous);
  if (waitedFor.length === 0) return undefined;
  return `FIRST 1 (${waitedFor.map(({ name }) => `"${name}"`).join(', ')})`;
}
