// The state of a run, made from its events alone: what a summary, a progress file or a page shows.
import type { LessonEvent, LessonStatus } from './events.ts';

export interface Session {
  readonly lessons: readonly LessonState[];
}

export interface LessonState {
  readonly id: string;
  readonly status: LessonStatus | 'running';
  /** Blocks that ran and held, that ran and did not, and that were skipped. */
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly ms: number;
}

export const emptySession: Session = { lessons: [] };

export function reduce(session: Session, event: LessonEvent): Session {
  switch (event.type) {
    case 'lesson-started':
      return {
        lessons: [
          ...session.lessons,
          { id: event.lesson, status: 'running', passed: 0, failed: 0, skipped: 0, ms: 0 },
        ],
      };
    case 'block-finished':
      return change(session, (lesson) => ({ ...lesson, [event.status]: lesson[event.status] + 1 }));
    case 'answer-tried': {
      const counted = event.held ? 'passed' : 'failed';
      return change(session, (lesson) => ({ ...lesson, [counted]: lesson[counted] + 1 }));
    }
    case 'lesson-finished':
      return change(session, (lesson) => ({ ...lesson, status: event.status, ms: event.ms }));
    case 'cluster-reset':
    case 'prose':
    case 'step-started':
    case 'block-started':
    case 'notice':
    case 'statement-finished':
    case 'statement-failed':
    case 'shell-output':
    case 'writer-stopped':
    case 'step-finished':
    case 'run-finished':
      return session;
  }
}

/** How many lessons ended in each way. */
export function countLessons({ lessons }: Session): Readonly<Record<LessonStatus, number>> {
  const counts = { passed: 0, failed: 0, skipped: 0, left: 0, interrupted: 0, lost: 0 };
  for (const { status } of lessons) if (status !== 'running') counts[status] += 1;
  return counts;
}

function change({ lessons }: Session, update: (lesson: LessonState) => LessonState): Session {
  const last = lessons.at(-1);
  return last === undefined ? { lessons } : { lessons: [...lessons.slice(0, -1), update(last)] };
}
