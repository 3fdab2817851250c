// What a page shows, whoever runs it.
import type { Cluster } from '../cluster/port.ts';
import type { Session } from '../session/session.ts';
import type { EventLog } from './event-log.ts';

/** A run as all tabs see it. */
export interface ShownRun {
  readonly events: EventLog;
  /** Undefined while no lesson is open. */
  readonly current: { readonly session: Session; readonly cluster: Cluster } | undefined;
  /** Somebody has changed the cluster by other means. */
  disturbed(): Promise<void>;
}

export interface CourseLesson {
  readonly id: string;
  readonly title: string;
  readonly minutes?: number;
  readonly status?: string;
}

export interface ShownCourse {
  readonly lessons: readonly CourseLesson[];
  /** The lesson that is open. */
  readonly current: string | null;
  /** The command whose run is shown, where its page only shows: `lesson run 03-distribution`. */
  readonly watched?: string;
}
