// A run of one lesson from its start to its end, as its visible state, with the cluster as it was after each step.
import type { Cluster } from '../cluster/port.ts';
import type { Lesson, Step } from '../lesson/types.ts';
import type { MapData } from '../map/map-data.ts';
import { openMapReader } from '../map/read-map.ts';
import { isExplainable, touchedShards } from '../map/touched-shards.ts';
import type { LessonStatus, RunEvent } from '../session/events.ts';
import type { Session } from '../session/session.ts';
import { emptyRun, type LessonView, reduce } from '../session/view.ts';
import { walk } from '../session/walk.ts';

export interface RecordedRun {
  readonly lesson: Lesson;
  readonly view: LessonView;
  /** At the start, and after each step. */
  readonly maps: readonly RecordedMap[];
}

export interface RecordedMap {
  /** Undefined at the start. */
  readonly after: Step | undefined;
  readonly map: MapData;
  /** The shards that the last query touched. */
  readonly touched: ReadonlySet<number>;
}

export interface RunRecorder {
  readonly listen: (event: RunEvent) => void;
  /** Goes through the lesson; exercises run their solution. */
  readonly client: (session: Session, cluster: Cluster) => Promise<LessonStatus>;
  /** Undefined before the lesson has begun. */
  readonly recorded: () => RecordedRun | undefined;
}

export function recordRun(lesson: Lesson, signal: AbortSignal): RunRecorder {
  const maps: RecordedMap[] = [];
  let run = emptyRun;
  /** The last one of each step, by its id. */
  const queries = new Map<string, string>();

  return {
    listen(event) {
      run = reduce(run, event);
      const isQuery = event.type === 'statement-finished' && isExplainable(event.sql);
      if (isQuery && event.step !== undefined) queries.set(event.step, event.sql);
    },
    async client(session, cluster) {
      const reader = openMapReader(cluster);
      let step: Step | undefined;
      const look = async () => {
        const map = await reader.read(signal).catch(() => undefined);
        const none = new Set<number>();
        const last = step && queries.get(step.id);
        const touched =
          last === undefined ? none : await touchedShards(last, cluster, signal).catch(() => none);
        if (map) maps.push({ after: step, map, touched });
      };
      try {
        const status = await walk(session, async (block) => {
          if (block.step.step === step) return;
          await look();
          step = block.step.step;
        });
        await look();
        return status;
      } finally {
        await reader.close();
      }
    },
    recorded() {
      const view = run.lessons.at(-1);
      return view && { lesson, view, maps };
    },
  };
}
