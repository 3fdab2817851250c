// What `run` and `check` share: a cluster, its lock, and the events of each lesson to every reporter.
import { readFile } from 'node:fs/promises';
import { findProvider, type ProviderOptions } from '../cluster/find-provider.ts';
import { onCoordinator } from '../cluster/info.ts';
import type { Cluster } from '../cluster/port.ts';
import type { Lesson } from '../lesson/types.ts';
import { initSqlFile } from '../paths.ts';
import type { LessonEvent, LessonStatus } from '../run/events.ts';
import type { Control, ExecuteContext } from '../run/execute.ts';
import { type Plan, plan } from '../run/plan.ts';
import { countLessons, emptySession, reduce, type Session } from '../run/session.ts';
import { recordProgress } from '../store/progress.ts';
import { workspace } from '../store/workspace.ts';
import { exitCodes, type Surroundings } from '../surroundings.ts';
import { noteTables, prepareCluster } from './cleaning.ts';
import { openOutput } from './output.ts';

export interface RunOptions extends ProviderOptions {
  readonly workers?: number | undefined;
  readonly reporter?: readonly string[] | undefined;
}

export interface RunMode {
  /** What the lock says of us: `lesson run 03-distribution`. */
  readonly holder: string;
  readonly detail: 'walk' | 'summary';
  /** Whether exercises run their solution. */
  readonly solve: boolean;
  readonly stopAtFailure: boolean;
  readonly control: Control;
  /** Asked before tables that no lesson made are dropped; absent where nobody can be asked. */
  readonly confirm: ((question: string) => Promise<boolean>) | undefined;
  readonly body: (plan: Plan, context: ExecuteContext) => AsyncGenerator<LessonEvent, LessonStatus>;
}

/** Runs the lessons in this order; returns the exit code. */
export async function runLessons(
  lessons: readonly Lesson[],
  options: RunOptions,
  mode: RunMode,
  surroundings: Surroundings,
): Promise<number> {
  const { signal, env, stderr } = surroundings;
  const output = await openOutput(options.reporter ?? ['terminal'], mode.detail, surroundings);
  const needed = Math.max(0, ...lessons.map(({ workers = 0 }) => workers));
  const workers = options.workers ?? (needed > 2 ? needed : undefined);
  const report = (message: string) => stderr.write(`${message}\n`);
  const host = await findProvider(options);
  const cluster = await host.up({ name: options.name, report, signal, ...(workers ? { workers } : {}) });
  const release = await cluster.holdRun(mode.holder);
  const place = workspace(
    () => cluster.address('coordinator'),
    { name: options.name, cluster: host.url ?? host.kind },
    env,
  );
  const started = performance.now();
  let session: Session = emptySession;
  const tell = (event: LessonEvent) => {
    session = reduce(session, event);
    output.write(event);
  };
  try {
    const info = await prepareCluster({ cluster, confirm: mode.confirm, report, signal });
    if (info === undefined) return exitCodes.held;
    const context: ExecuteContext = {
      cluster,
      info,
      initSql: await readFile(initSqlFile, 'utf8'),
      shell: place.shell,
      control: mode.control,
      signal,
    };
    for (const lesson of lessons) {
      const status = await tellAll(mode.body(plan(lesson, info, mode), context), tell);
      if (status === 'passed') await recordProgress(lesson, info);
      if (status === 'left' || status === 'interrupted' || status === 'lost') break;
      if (status === 'failed' && mode.stopAtFailure) break;
    }
    await rememberTables(cluster);
    const counts = countLessons(session);
    tell({ type: 'run-finished', lessons: counts, ms: performance.now() - started });
    output.close();
    return exitCodeOf(counts) || (output.failed ? exitCodes.failed : exitCodes.held);
  } finally {
    output.close();
    await place.remove();
    await release();
    await cluster.close();
  }
}

/** After an interruption too, so not with the run's own signal. A cluster that was lost has nothing to remember. */
async function rememberTables(cluster: Cluster): Promise<void> {
  const signal = AbortSignal.timeout(rememberMs);
  await onCoordinator(cluster, (coordinator) => noteTables(cluster, coordinator, signal)).catch(() => {});
}

const rememberMs = 2_000;

async function tellAll<T>(events: AsyncGenerator<LessonEvent, T>, tell: (event: LessonEvent) => void) {
  for (;;) {
    const { value, done } = await events.next();
    if (done) return value;
    tell(value);
  }
}

function exitCodeOf({ failed, lost }: Readonly<Record<LessonStatus, number>>): number {
  if (lost > 0) return exitCodes.cluster;
  return failed > 0 ? exitCodes.failed : exitCodes.held;
}
