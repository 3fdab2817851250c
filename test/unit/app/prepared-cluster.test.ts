import { expect, test } from 'vitest';
import { infoFor, workersFor, workersNeeded } from '../../../runner/app/prepared-cluster.ts';
import type { ClusterInfo } from '../../../runner/cluster/info.ts';
import type { Cluster } from '../../../runner/cluster/port.ts';
import { parseLesson } from '../../../runner/lesson/parse.ts';

const lesson = (info: string, matter = '') =>
  parseLesson('01-a.md', `${matter}# A\n\n## S\n\n\`\`\`${info}\nSELECT 1;\n\`\`\`\n`);
const engine = { kind: 'citus', version: '13', postgres: '17' } as const;
const info: ClusterInfo = { kind: 'external', name: 'default', workers: 2, engine };

test('whether workers can be reached is asked only for a lesson that needs it', async () => {
  let asked = 0;
  const unreachable = async () => {
    asked += 1;
    return 'worker-1';
  };
  const cluster = { unreachable } as unknown as Cluster;
  expect(await infoFor(lesson('sql'), { cluster, info })).toEqual(info);
  expect(asked).toBe(0);
  expect(await infoFor(lesson('sql {node=worker-2}'), { cluster, info })).toEqual({
    ...info,
    unreachable: 'worker-1',
  });
});

test('several lessons need the workers of the one that needs most', () => {
  const three = lesson('sql', '---\nworkers: 3\n---\n');
  expect(workersNeeded([lesson('sql'), three])).toBe(3);
  expect(workersNeeded([])).toBe(0);
});

test('one server is asked for workers only where the user asks for some', () => {
  const options = { name: 'default', neededWorkers: 3 };
  expect(workersFor(options, 'local')).toBe(3);
  expect(workersFor(options, 'postgres')).toBeUndefined();
  expect(workersFor({ ...options, workers: 4 }, 'postgres')).toBe(4);
  expect(workersFor({ ...options, workers: 4 }, 'local')).toBe(4);
});
