// A cluster on which lessons run, one after the other: brought up, locked, and cleaned with the learner's consent.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { findProvider, type ProviderOptions } from '../cluster/find-provider.ts';
import { onCoordinator } from '../cluster/info.ts';
import type { Cluster } from '../cluster/port.ts';
import type { Invocation } from '../invocation.ts';
import type { Lesson } from '../lesson/types.ts';
import { initSqlFile } from '../paths.ts';
import type { LessonStatus } from '../session/events.ts';
import { type Plan, plan } from '../session/plan.ts';
import { openSession, type Session, type SessionContext } from '../session/session.ts';
import type { EventStream } from '../session/stream.ts';
import { workspace } from '../store/workspace.ts';
import { noteTables, prepareCluster } from './cleaning.ts';
import type { Confirm } from './confirm.ts';
import { openStates } from './recorded-states.ts';

export interface LessonCluster {
  readonly run: (lesson: Lesson, stream: EventStream) => Promise<LessonStatus>;
}

export interface LessonClusterOptions extends ProviderOptions {
  /** At least so many; as many as there are, or 2, unless given. */
  readonly workers?: number | undefined;
}

export interface LessonMode {
  /** What the lock says of us: `lesson run 03-distribution`. */
  readonly holder: string;
  /** A learner decides. */
  readonly isAttended: boolean;
  /** Whether exercises run their solution. */
  readonly solve: boolean;
  /** Whether the states of blocks are recorded, not compared with a record. */
  readonly record?: boolean;
  /** How many rows a block may show, where that is more than usual. */
  readonly shownRows?: number;
  /** Asked before tables that no lesson made are dropped; absent where nobody can be asked. */
  readonly confirm: Confirm | undefined;
  /** Goes through one lesson. */
  readonly client: (session: Session, cluster: Cluster) => Promise<LessonStatus>;
  /** Is called with each lesson that has passed, when its session is closed. */
  readonly afterPass?: (plan: Plan, context: SessionContext) => Promise<void>;
}

/** For as long as the callback runs, which does not run where the learner refuses. */
export async function withLessonCluster(
  options: LessonClusterOptions,
  mode: LessonMode,
  { signal, env, stderr, cwd }: Invocation,
  use: (cluster: LessonCluster) => Promise<void>,
): Promise<void> {
  const { name, workers } = options;
  const report = (message: string) => stderr.write(`${message}\n`);
  const provider = await findProvider(options);
  const cluster = await provider.up({ name, report, signal, ...(workers ? { workers } : {}) });
  const release = await cluster.holdRun(mode.holder);
  const place = workspace(
    () => cluster.address('coordinator'),
    { name, cluster: provider.url ?? provider.kind },
    env,
  );
  const remember = oneAtATime(() => rememberTables(cluster));
  try {
    const info = await prepareCluster({ cluster, confirm: mode.confirm, report, signal });
    if (info === undefined) return;
    const initSql = await readFile(initSqlFile, 'utf8');
    await use({
      async run(lesson, stream) {
        const planned = plan(lesson, info, mode);
        const states = await openStates(planned, path.resolve(cwd, lesson.place.file), mode);
        const noting: EventStream = {
          publish(event, where) {
            stream.publish(event, where);
            // A learner may be away for long, and the terminal gone: what the lesson has made by then is still the lesson's.
            const isRun = ['block-finished', 'exercise-checked', 'restored'].includes(event.type);
            if (mode.isAttended && isRun) remember.soon();
          },
        };
        const { shownRows } = mode;
        const shown = shownRows === undefined ? {} : { shownRows };
        const context = { cluster, initSql, states, shell: place.shell, stream: noting, signal, ...shown };
        const session = openSession(planned, context);
        const status = await mode.client(session, cluster).finally(() => session.close());
        if (status === 'passed') {
          await states.write();
          await mode.afterPass?.(planned, context);
        }
        return status;
      },
    });
    await remember.now();
  } finally {
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
