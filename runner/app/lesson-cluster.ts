// Lessons on one cluster, one after the other.
import path from 'node:path';
import type { Cluster } from '../cluster/port.ts';
import type { Invocation } from '../invocation.ts';
import type { Lesson } from '../lesson/types.ts';
import type { LessonStatus } from '../session/events.ts';
import { type Plan, plan } from '../session/plan.ts';
import { openSession, type Session, type SessionContext } from '../session/session.ts';
import type { EventStream } from '../session/stream.ts';
import { rememberTables } from './cleaning.ts';
import {
  infoFor,
  type PreparedClusterOptions,
  type Preparing,
  withPreparedCluster,
} from './prepared-cluster.ts';
import { openStates, type Recording } from './recorded-states.ts';

export interface LessonCluster {
  readonly run: (lesson: Lesson, stream: EventStream) => Promise<LessonStatus>;
}

export interface LessonMode extends Preparing {
  /** A learner decides. */
  readonly isAttended: boolean;
  /** Whether exercises run their solution. */
  readonly solve: boolean;
  /** Where the states of blocks are recorded, and not compared with a record. */
  readonly record?: Recording;
  /** How many rows a block may show, where that is more than usual. */
  readonly shownRows?: number;
  /** Goes through one lesson. */
  readonly client: (session: Session, cluster: Cluster) => Promise<LessonStatus>;
  /** Is called with each lesson that has passed, when its session is closed. */
  readonly afterPass?: (plan: Plan, context: SessionContext) => Promise<void>;
}

/** For as long as the callback runs, which does not run where the learner refuses. */
export async function withLessonCluster(
  options: PreparedClusterOptions,
  mode: LessonMode,
  invocation: Invocation,
  use: (cluster: LessonCluster) => Promise<void>,
): Promise<void> {
  const { cwd, signal } = invocation;
  await withPreparedCluster(options, mode, invocation, async ({ cluster, info, initSql, shell }) => {
    const remember = oneAtATime(() => rememberTables(cluster));
    try {
      await use({
        async run(lesson, stream) {
          const planned = plan(lesson, await infoFor(lesson, { cluster, info }), mode);
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
          const context = { cluster, initSql, states, shell, stream: noting, signal, ...shown };
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
    }
  });
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
