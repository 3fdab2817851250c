// What the configuration of a server says of the standbys: whom it follows, for whom its commits wait.
import type { NodeRecord } from './record.ts';

/** Lines for `postgresql.conf`; empty for a server that has nothing to do with a standby. */
export function followingConf(node: NodeRecord, nodes: readonly NodeRecord[]): string {
  const lines: string[] = [];
  const { follows } = node;
  const followed = nodes.find(({ name }) => name === follows?.of);
  if (follows && followed) {
    const at = `host=127.0.0.1 port=${followed.port} user=postgres application_name=${node.name}`;
    lines.push(`primary_conninfo = '${at}'`);
    if (follows.slot) lines.push(`primary_slot_name = '${slotName(node.name)}'`);
    if (follows.delayMs > 0) lines.push(`recovery_min_apply_delay = '${follows.delayMs}ms'`);
  }
  const waitedFor = nodes.filter((other) => other.follows?.of === node.name && other.follows.synchronous);
  if (waitedFor.length > 0) {
    const names = waitedFor.map(({ name }) => `"${name}"`).join(', ');
    lines.push(`synchronous_standby_names = 'FIRST 1 (${names})'`);
  }
  return lines.map((line) => `${line}\n`).join('');
}

/** A slot may have no hyphen in its name. */
export const slotName = (standby: string): string => standby.replaceAll('-', '_');
