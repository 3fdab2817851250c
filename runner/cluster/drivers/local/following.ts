// What the configuration of a server says of the standbys: whom it follows, for whom its commits wait.
import { standbySettings, synchronousNames } from '../../orchestration/streaming.ts';
import type { NodeRecord } from './record.ts';

/** Lines for `postgresql.conf`; empty for a server that has nothing to do with a standby. */
export function followingConf(node: NodeRecord, nodes: readonly NodeRecord[]): string {
  const lines: string[] = [];
  const followed = nodes.find(({ name }) => name === node.follows?.of);
  if (followed) {
    const at = `host=127.0.0.1 port=${followed.port} user=postgres application_name=${node.name}`;
    lines.push(`primary_conninfo = '${at}'`, ...standbySettings(node));
  }
  const waitedFor = synchronousNames(nodes, node.name);
  if (waitedFor !== undefined) lines.push(`synchronous_standby_names = '${waitedFor}'`);
  return lines.map((line) => `${line}\n`).join('');
}
