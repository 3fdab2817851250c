// What `run` and `check` share: lessons on a cluster, or on several, and their events to every reporter.
import type { ProviderOptions } from '../cluster/find-provider.ts';
import { exitCodes, type Invocation } from '../invocation.ts';
import type { Lesson } from '../lesson/types.ts';
import { programVersion } from '../paths.ts';
import { openOutput } from '../report/output.ts';
import type { LessonStatus, RunEvent } from '../session/events.ts';
import { type EventStream, openStream } from '../session/stream.ts';
import { allEnded } from '../system/all-ended.ts';
import { type LessonMode, withLessonCluster } from './lesson-cluster.ts';
import { type PreparedClusterOptions, workersNeeded } from './prepared-cluster.ts';

export interface RunOptions extends ProviderOptions {
  readonly workers?: number | undefined;
  readonly reporter?: readonly string[] | undefined;
  /** For screen readers and logs; not so unless given. */
  readonly plain?: boolean;
}

export interface RunMode extends LessonMode {
  readonly detail: 'walk' | 'summary';
  readonly stopAtFailure: boolean;
  /** On so many clusters at once, each with lessons of its own; one unless given. */
  readonly jobs?: number;
  /** One kind of cluster after the other, as `--cluster` names them; that of the options unless given. */
  readonly clusters?: readonly string[] | undefined;
  /** Is told of each event, too, with the place of the cluster among `clusters`. */
  readonly listen?: (event: RunEvent, cluster: number) => void;
}

/** Runs the lessons in this order; returns the exit code. */
export async function runLessons(
  lessons: readonly Lesson[],
  options: RunOptions,
  mode: RunMode,
  invocation: Invocation,
): Promise<number> {
  const output = await openOutput(
    options.reporter ?? ['terminal'],
    { ...mode, plain: options.plain ?? false },
    invocation,
  );
  const started = performance.now();
  const counts = { passed: 0, partial: 0, failed: 0, skipped: 0, left: 0, interrupted: 0, lost: 0 };
  let current = 0;
  const stream = openStream(programVersion(), (event) => {
    if (event.type === 'lesson-finished') counts[event.status] += 1;
    output.write(event);
    mode.listen?.(event, current);
  });
  const needed = workersNeeded(lessons);
  const neededWorkers = needed > 2 ? needed : undefined;
  const jobs = Math.min(mode.jobs ?? 1, lessons.length);
  let isOver = false;

  async function work(open: Iterator<Lesson>, cluster: PreparedClusterOptions): Promise<void> {
    await withLessonCluster(cluster, mode, invocation, async ({ run }) => {
      while (!isOver) {
        const next = open.next();
        if (next.done) return;
        const buffer = jobs === 1 ? { stream, flush() {} } : bufferOf(stream);
        const status = await run(next.value, buffer.stream).finally(buffer.flush);
        isOver ||= ['left', 'interrupted', 'lost'].includes(status);
        isOver ||= status === 'failed' && mode.stopAtFailure;
      }
    });
  }

  try {
    for (const [at, cluster] of (mode.clusters ?? [options.cluster]).entries()) {
      current = at;
      const open = lessons.values();
      const names = Array.from({ length: jobs }, (_, i) =>
        i === 0 ? options.name : `${options.name}-${i + 1}`,
      );
      await allEnded(
        names.map((name) =>
          work(open, { ...options, cluster, neededWorkers, name }).catch((error) => {
            isOver = true;
            throw error;
          }),
        ),
      );
    }
    stream.publish({ type: 'run-finished', lessons: counts, ms: performance.now() - started });
    output.close();
    return exitCodeOf(counts) || (output.failed ? exitCodes.failed : exitCodes.ok);
  } finally {
    output.close();
  }
}

/** The events of a lesson beside which others run: published together, when it has ended. */
function bufferOf(stream: EventStream) {
  const events: Parameters<EventStream['publish']>[] = [];
  return {
    stream: { publish: (...event: Parameters<EventStream['publish']>) => void events.push(event) },
    flush() {
      for (const event of events.splice(0)) stream.publish(...event);
    },
  };
}

function exitCodeOf({ failed, lost }: Readonly<Record<LessonStatus, number>>): number {
  if (lost > 0) return exitCodes.cluster;
  return failed > 0 ? exitCodes.failed : exitCodes.ok;
}
