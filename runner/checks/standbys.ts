// `standbys: 1`: streaming standbys of all nodes. `standbys: {worker-1: 1}`: of one, or
// `{worker-1: {streaming: 1, sync: 1, behind: 0B}}`: how many of them are synchronous, and how far the last one is behind.

import type { ReplicationState } from '../lesson/check-values.ts';
import { plural } from '../lesson/plural.ts';
import { compare, type Examine, type Finding, judge, type Probe } from './check.ts';

export const standbys: Examine<'standbys'> = async (expected, probe) => {
  if (typeof expected !== 'number') {
    const findings = await Promise.all(
      Object.entries(expected).map(([node, of]) => examineNode(node, of, probe)),
    );
    return findings.flat();
  }
  const up = (await probe.nodes()).filter(({ state }) => state === 'up');
  const counts = await Promise.all(up.map(async ({ name }) => (await readStreams(name, probe)).streaming));
  const total = counts.reduce((sum, number) => sum + number, 0);
  const actual = total < expected ? await withFullDisks(total, probe) : String(total);
  const claim = `${plural(expected, 'standby')} streaming`;
  return [compare({ title: 'streaming standbys', claim, expected, actual, look })];
};

const look = 'SELECT application_name, state, sync_state, replay_lsn, replay_lag FROM pg_stat_replication;';

async function examineNode(
  node: string,
  of: number | ReplicationState,
  probe: Probe,
): Promise<readonly Finding[]> {
  const { streaming, sync, behind } = typeof of === 'number' ? { streaming: of } : of;
  const found = await readStreams(node, probe);
  const findings: Finding[] = [];
  if (streaming !== undefined) {
    const isShort = found.streaming < streaming;
    const actual = isShort ? await withFullDisks(found.streaming, probe) : String(found.streaming);
    const title = `streaming standbys of ${node}`;
    const claim = `${plural(streaming, 'standby')} of ${node} streaming`;
    findings.push(compare({ title, claim, expected: streaming, actual, look }));
  }
  if (sync !== undefined) {
    const title = `synchronous standbys of ${node}`;
    const claim = `${plural(sync, 'synchronous standby')} of ${node}`;
    findings.push(compare({ title, claim, expected: sync, actual: String(found.sync), look }));
  }
  if (behind !== undefined) {
    const actual = behind.unit === 'B' ? found.bytes : found.ms;
    const isBehind = actual === 0 ? 'not behind' : `only ${actual} ${behind.unit} behind`;
    findings.push(
      judge(found.streaming > 0 && actual <= behind.amount, {
        title: `lag of the standbys of ${node}`,
        claim: `the standbys of ${node} are ${isBehind}`,
        expected: `at most ${behind.amount} ${behind.unit}`,
        actual: found.streaming > 0 ? `${actual} ${behind.unit}` : 'no standby streams',
        look,
      }),
    );
  }
  return findings;
}

/** A standby that has no room for the log stops to stream, and says so only in its own log. */
async function withFullDisks(streaming: number, probe: Probe): Promise<string> {
  const nodes = await probe.nodes();
  const logs = await Promise.all(nodes.map(({ name }) => probe.log(name)));
  const full = nodes.filter((_, i) => logs[i]!.some((line) => /No space left on device/i.test(line)));
  if (full.length === 0) return String(streaming);
  return `${streaming}; the disk of ${full.map(({ name }) => name).join(', ')} is full`;
}

/** `replay_lag` is NULL for a standby that is not behind. */
async function readStreams(node: string, probe: Probe) {
  const [row = []] = await probe.node(
    node,
    `SELECT count(*),
            count(*) FILTER (WHERE sync_state IN ('sync', 'quorum')),
            coalesce(max(pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn)), 0),
            coalesce(max(extract(epoch FROM replay_lag) * 1000), 0)
       FROM pg_stat_replication
      WHERE state = 'streaming'`,
  );
  const [streaming = 0, sync = 0, bytes = 0, ms = 0] = row.map(Number);
  return { streaming, sync, bytes, ms };
}
