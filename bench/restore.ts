// A session in this process: back to the start of an exercise after a wrong answer, and ten thousand blocks.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { localDriver } from '../runner/cluster/drivers/local/driver.ts';
import { onCoordinator, readClusterInfo } from '../runner/cluster/info.ts';
import { providerOf } from '../runner/cluster/orchestration/provider.ts';
import type { Cluster } from '../runner/cluster/port.ts';
import { parseLesson } from '../runner/lesson/parse.ts';
import { initSqlFile, shippedLessonsDir } from '../runner/paths.ts';
import type { LessonEvent } from '../runner/session/events.ts';
import { plan } from '../runner/session/plan.ts';
import { openSession } from '../runner/session/session.ts';
import type { Environment, Line, Measure } from './measure.ts';

const { signal } = new AbortController();

export const sessions: Measure = async (_dir, env) => {
  const cluster = await providerOf(localDriver(), stateDirOf(env)).find('default');
  return [...(await restores(cluster)), await manyBlocks(cluster)];
};

const stateDirOf = ({ LESSON_STATE_DIR }: Environment): string => LESSON_STATE_DIR!;

async function open(cluster: Cluster, file: string, text: string, publish: (event: LessonEvent) => void) {
  const info = await onCoordinator(cluster, (coordinator) => readClusterInfo(cluster, coordinator, signal));
  const initSql = await readFile(initSqlFile, 'utf8');
  const shell = () => Promise.reject(new Error('no shell here'));
  const planned = plan(parseLesson(file, text), info, { solve: false });
  return openSession(planned, { cluster, initSql, shell, stream: { publish }, signal });
}

async function restores(cluster: Cluster): Promise<readonly Line[]> {
  const file = path.join(shippedLessonsDir, '02-shards.md');
  const session = await open(cluster, file, await readFile(file, 'utf8'), () => {});
  const exercise = session.state.plan.blocks.find(({ block }) => block.exercise)!;
  const restore = () => time(() => session.request({ do: 'restore', block: exercise.id }));
  await session.request({ do: 'start' });
  await restore();
  const after = async (answer: string) => {
    await session.request({ do: 'run', answer });
    return restore();
  };
  const changed: number[] = [];
  const unchanged: number[] = [];
  const resets: number[] = [];
  for (let round = 0; round < 20; round += 1) {
    changed.push(await after(exercise.block.exercise!.wrongAnswers[0]!.text));
    unchanged.push(await after('SELECT count(*) FROM events'));
  }
  await session.close();
  for (let round = 0; round < 5; round += 1) {
    await onCoordinator(cluster, (coordinator) =>
      coordinator.run('CREATE TABLE t (n int)', { timeoutMs: 10_000, signal }),
    );
    resets.push(await time(() => cluster.reset({ signal })));
  }
  const reset = quantile(resets, 0.5);
  const what = 'back to the exercise of 02';
  return [
    {
      what: `${what}, 95 of 100`,
      measured: ms(quantile(changed, 0.95)),
      baseline: `a reset ${ms(reset)}`,
      ratio: quantile(changed, 0.95) / reset,
      target: '≤ 1.0 s',
    },
    {
      what: `${what} after an answer that changed nothing`,
      measured: ms(quantile(unchanged, 0.95)),
      target: '0',
    },
  ];
}

/** What the session keeps of a block is little; what it printed is whoever's who reads the events. */
async function manyBlocks(cluster: Cluster): Promise<Line> {
  const blocks = 10_000;
  const text = Array.from({ length: blocks }, () => '```sql\nSELECT 1\n```\n').join('\n');
  const session = await open(
    cluster,
    '01-many.md',
    `---\ninit: false\n---\n# A\n\n## B\n\n${text}`,
    () => {},
  );
  await session.request({ do: 'start' });
  const used: number[] = [];
  for (let n = 1; n <= blocks; n += 1) {
    await session.request({ do: 'next' });
    await session.request({ do: 'run' });
    if (n % 5_000 === 0) {
      globalThis.gc?.();
      used.push(process.memoryUsage().heapUsed / 1e6);
    }
  }
  await session.close();
  const [half = 0, all = 0] = used;
  return {
    what: 'memory of a session after 10,000 blocks',
    measured: `${all.toFixed(0)} MB`,
    baseline: `after 5,000 ${half.toFixed(0)} MB`,
    ratio: all / half,
    target: 'flat',
  };
}

async function time(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

const quantile = (values: readonly number[], q: number): number =>
  values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) * q)]!;

const ms = (value: number): string => `${value.toFixed(0)} ms`;
