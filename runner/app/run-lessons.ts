// What `run` and `check` share: a cluster, its lock, a session for each lesson, and its events to every reporter.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { findProvider, type ProviderOptions } from '../cluster/find-provider.ts';
import { onCoordinator } from '../cluster/info.ts';
import type { Cluster } from '../cluster/port.ts';
import { exitCodes, type Invocation } from '../invocation.ts';
import type { Lesson } from '../lesson/types.ts';
import { initSqlFile, programVersion } from '../paths.ts';
import { openOutput } from '../report/output.ts';
import type { LessonStatus, RunEvent } from '../session/events.ts';
import { type Plan, plan } from '../session/plan.ts';
import { openSession, type Session, type SessionContext } from '../session/session.ts';
import { openStream } from '../session/stream.ts';
import { workspace } from '../store/workspace.ts';
import { noteTables, prepareCluster } from './cleaning.ts';
import type { Confirm } from './confirm.ts';
import { openStates } from './recorded-states.ts';

export interface RunOptions extends ProviderOptions {
  readonly workers?: number | undefined;
  readonly reporter?: readonly string[] | undefined;
  /** For screen readers and logs; not so unless given. */
  readonly plain?: boolean;
}

export interface RunMode {
  /** What the lock says of us: `lesson run 03-distribution`. */
  readonly holder: string;
  readonly detail: 'walk' | 'summary';
  /** A learner decides. */
  readonly isAttended: boolean;
  /** Whether exercises run their solution. */
  readonly solve: boolean;
  /** Whether the states of blocks are recorded, not compared with a record. */
  readonly record?: boolean;
  readonly stopAtFailure: boolean;
  /** How many rows a block may show, where that is more than usual. */
  readonly shownRows?: number;
  /** Asked before tables that no lesson made are dropped; absent where nobody can be asked. */
  readonly confirm: Confirm | undefined;
  /** Is told of each event, too. */
  readonly listen?: (event: RunEvent) => void;
  /** Goes through one lesson. */
  readonly client: (session: Session, cluster: Cluster) => Promise<LessonStatus>;
  /** Is called with each lesson that has passed, when its session is closed. */
  readonly afterPass?: (plan: Plan, context: SessionContext) => Promise<void>;
}

/** Runs the lessons in this order; returns the exit code. */
export async function runLessons(
  lessons: readonly Lesson[],
  options: RunOptions,
  mode: RunMode,
  invocation: Invocation,
): Promise<number> {
  const { signal, env, stderr } = invocation;
  const output = await openOutput(
    options.reporter ?? ['terminal'],
    { ...mode, plain: options.plain ?? false },
    invocation,
  );
  const needed = Math.max(0, ...lessons.map(({ workers = 0 }) => workers));
  const workers = options.workers ?? (needed > 2 ? needed : undefined);
  const report = (message: string) => stderr.write(`${message}\n`);
  const provider = await findProvider(options);
  const cluster = await provider.up({ name: options.name, report, signal, ...(workers ? { workers } : {}) });
  const release = await cluster.holdRun(mode.holder);
  const place = workspace(
    () => cluster.address('coordinator'),
    { name: options.name, cluster: provider.url ?? provider.kind },
    env,
  );
  const started = performance.now();
  const counts = { passed: 0, failed: 0, skipped: 0, left: 0, interrupted: 0, lost: 0 };
  const remember = oneAtATime(() => rememberTables(cluster));
  const stream = openStream(programVersion(), (event) => {
    if (event.type === 'lesson-finished') counts[event.status] += 1;
    output.write(event);
    mode.listen?.(event);
    // A learner may be away for long, and the terminal gone: what the lesson has made by then is still the lesson's.
    const isRun = ['block-finished', 'exercise-checked', 'restored'].includes(event.type);
    if (mode.isAttended && isRun) remember.soon();
  });
  try {
    const info = await prepareCluster({ cluster, confirm: mode.confirm, report, signal });
    if (info === undefined) return exitCodes.ok;
    const initSql = await readFile(initSqlFile, 'utf8');
    for (const lesson of lessons) {
      const planned = plan(lesson, info, mode);
      const states = await openStates(planned, path.resolve(invocation.cwd, lesson.place.file), mode);
      const { shownRows } = mode;
      const shown = shownRows === undefined ? {} : { shownRows };
      const context = { cluster, initSql, states, shell: place.shell, stream, signal, ...shown };
      const session = openSession(planned, context);
      const status = await mode.client(session, cluster).finally(() => session.close());
      if (status === 'passed') {
        await states.write();
        await mode.afterPass?.(planned, context);
      }
      if (status === 'left' || status === 'interrupted' || status === 'lost') break;
      if (status === 'failed' && mode.stopAtFailure) break;
    }
    await remember.now();
    stream.publish({ type: 'run-finished', lessons: counts, ms: performance.now() - started });
    output.close();
    return exitCodeOf(counts) || (output.failed ? exitCodes.failed : exitCodes.ok);
  } finally {
    output.close();
    await remember.settled();
    await place.remove();
    await release();
    await cluster.close();
  }
}

/** Work that is asked for more often than it is done. */
function oneAtATime(work: () => Promise<void>) {
  let current = Promise.resolve();
  let isWaiting = false;
  const now = (): Promise<void> => {
    if (!isWaiting) {
      isWaiting = true;
      current = current.then(() => {
        isWaiting = false;
        return work();
      });
    }
    return current;
  };
  return { now, soon: () => void now(), settled: () => current };
}

/** After an interruption too, so not with the run's own signal. A cluster that was lost has nothing to remember. */
async function rememberTables(cluster: Cluster): Promise<void> {
  const signal = AbortSignal.timeout(rememberMs);
  await onCoordinator(cluster, (coordinator) => noteTables(cluster, coordinator, signal)).catch(() => {});
}

const rememberMs = 2_000;

function exitCodeOf({ failed, lost }: Readonly<Record<LessonStatus, number>>): number {
  if (lost > 0) return exitCodes.cluster;
  return failed > 0 ? exitCodes.failed : exitCodes.ok;
}
