// The built-in engine, or with CONFORMANCE_CLUSTER any cluster, held against what Citus 13.2.2 answered.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { nameEngine } from '../../runner/cluster/engine.ts';
import { externalProvider } from '../../runner/cluster/external/provider.ts';
import type { ClusterInfo } from '../../runner/cluster/info.ts';
import { onCoordinator, readClusterInfo } from '../../runner/cluster/info.ts';
import type { Cluster } from '../../runner/cluster/port.ts';
import { sharedCluster } from '../support/cluster.ts';
import { runCases, type Verdict } from './case.ts';
import { describeScore, describeVerdict } from './score.ts';

const casesDir = fileURLToPath(new URL('cases', import.meta.url));
const files = readdirSync(casesDir).filter((name) => name.endsWith('.md'));
const { CONFORMANCE_CLUSTER: url } = process.env;
const { signal } = new AbortController();

let cluster: Cluster;
let info: ClusterInfo;
let release: () => Promise<void>;
const all: Verdict[] = [];

beforeAll(async () => {
  const options = { name: 'conformance', report: console.warn, signal };
  cluster = url ? await externalProvider(url).up(options) : await sharedCluster(3);
  release = await cluster.holdRun('npm run conformance');
  info = await onCoordinator(cluster, (coordinator) => readClusterInfo(cluster, coordinator, signal));
  expect(info.workers, 'the cases need three workers').toBe(3);
});

/** Leaves nothing behind in what is somebody else's. */
afterAll(() => release?.());

test.each(files)('%s holds', async (name) => {
  const verdicts = await runCases(join(casesDir, name), cluster, info.engine, signal);
  all.push(...verdicts);
  const failed = verdicts.filter(({ verdict }) => verdict === 'failed');
  expect(failed.map(describeVerdict).join('\n')).toBe('');
});

// `main.mjs` prints it at the end.
test('the score is told', ({ task }) => {
  Object.assign(task.meta, { score: describeScore(nameEngine(info.engine), all) });
  expect(all.length).toBeGreaterThan(0);
});
