// What the page works on: one lesson at a time, its session and its cluster. A client of the session, as the terminal is.
import path from 'node:path';
import { type RunOptions, runLessons } from '../app/run-lessons.ts';
import type { Cluster } from '../cluster/port.ts';
import { UserError } from '../errors.ts';
import type { Invocation } from '../invocation.ts';
import { type Notes, openNotes } from '../learner/notes.ts';
import type { Lesson } from '../lesson/types.ts';
import type { LessonStatus } from '../session/events.ts';
import type { Request } from '../session/operation.ts';
import type { PlannedBlock } from '../session/plan.ts';
import type { Session } from '../session/session.ts';
import { endOf } from '../session/walk.ts';
import { answerFile } from '../store/answers.ts';
import { learnerFolder } from '../store/learner-folder.ts';
import { type EventLog, openEventLog } from './event-log.ts';

/** A lesson whose session stands. */
export interface OpenLesson {
  readonly lesson: Lesson;
  readonly session: Session;
  readonly cluster: Cluster;
  readonly notes: Notes;
}

export interface Notebook {
  readonly events: EventLog;
  /** Undefined while none is open, or one is being opened. */
  readonly current: OpenLesson | undefined;
  /** What keeps the lesson from being opened; undefined where nothing does. */
  readonly failure: string | undefined;
  /** Leaves the lesson that is open, and resolves when the session of this one stands. @throws UserError */
  open(lesson: Lesson): Promise<OpenLesson>;
  /** Runs a cell: a block's own text, or what the learner wrote. @throws UserError where that cannot be now. */
  run(block: string, options: { readonly text?: string; readonly guess?: string }): Promise<void>;
  request(request: Request): Promise<void>;
  close(): Promise<void>;
}

export function openNotebook(options: RunOptions, invocation: Invocation): Notebook {
  const events = openEventLog();
  let current: (OpenLesson & { readonly leave: () => void }) | undefined;
  let ended: Promise<unknown> = Promise.resolve();
  let failure: string | undefined;

  async function leave(): Promise<void> {
    if (current) await current.session.request({ do: 'cancel' }).catch(() => {});
    current?.leave();
    await ended;
    current = undefined;
  }

  /** Resolves with the lesson once its session waits for requests. */
  function begin(lesson: Lesson): Promise<OpenLesson> {
    return new Promise((resolve, reject) => {
      const client = async (session: Session, cluster: Cluster): Promise<LessonStatus> => {
        const folder = await learnerFolder({
          dir: path.dirname(path.resolve(invocation.cwd, lesson.place.file)),
        });
        const notes = await openNotes(folder, lesson.id, session.state.plan.cluster.engine.kind);
        await startAt(session, notes);
        const left = new Promise<void>((leave) => {
          current = { lesson, session, cluster, notes, leave };
          resolve(current);
        });
        await left;
        await finish(current!);
        return endOf(session.state);
      };
      const ofPage = { ...options, reporter: [] };
      const mode = {
        holder: `lesson open ${lesson.id}`,
        detail: 'walk',
        isAttended: true,
        solve: false,
        stopAtFailure: true,
        confirm: undefined,
        listen: events.add,
        client,
      } as const;
      ended = runLessons([lesson], ofPage, mode, invocation).then(
        () => reject(new UserError(`${lesson.id} was not begun`, { code: 'cluster' })),
        (error: Error) => {
          failure = error.message;
          reject(error);
        },
      );
    });
  }

  const open = () => {
    if (current === undefined) throw new UserError('no lesson is open', { code: 'usage' });
    return current;
  };

  return {
    events,
    get current() {
      return current;
    },
    get failure() {
      return failure;
    },
    async open(lesson) {
      if (current?.lesson.id === lesson.id) return current;
      await leave();
      failure = undefined;
      events.clear();
      return begin(lesson);
    },
    async run(id, { text, guess }) {
      const { lesson, session, notes } = open();
      const block = session.state.plan.byId.get(id);
      if (block?.block.exercise && text !== undefined) await answer({ block, text, session, notes, lesson });
      else {
        await session.request({
          do: 'run',
          block: id,
          ...(text !== undefined && text !== block?.text && { answer: text }),
          ...(guess !== undefined && { guess }),
        });
      }
      await notes.reached(id);
    },
    async request(request) {
      await open().session.request(request);
    },
    close: leave,
  };

  interface AnswerTo extends Pick<OpenLesson, 'lesson' | 'session' | 'notes'> {
    readonly block: PlannedBlock;
    readonly text: string;
  }

  /** From the state in which the exercise starts, whatever was tried before. */
  async function answer({ block, text, session, notes, lesson }: AnswerTo): Promise<void> {
    const { status: before, attempts } = notes.exercise(block.id);
    const folder = await learnerFolder({
      dir: path.dirname(path.resolve(invocation.cwd, lesson.place.file)),
    });
    await answerFile(folder, lesson.id, block).keep(text);
    await session.request({ do: 'restore', block: block.id });
    await session.request({ do: 'run', block: block.id, answer: text });
    const isSolved = session.state.blocks[block.index]!.status === 'passed';
    await notes.change(block.id, { status: isSolved ? 'solved' : before, attempts: attempts + 1 });
  }
}

/** Where the learner was; everything before it has run then. */
async function startAt(session: Session, { progress, beginAnew }: Notes): Promise<void> {
  const target = progress.next === undefined ? undefined : session.state.plan.byId.get(progress.next);
  if (target === undefined || target.skip !== undefined || target.index === 0) {
    if (progress.next === undefined) await beginAnew();
    await session.request({ do: 'start' });
    return;
  }
  const solved = session.state.plan.blocks
    .filter(({ id }) => progress.exercises[id]?.status === 'solved')
    .map(({ id }) => id);
  await session.request({ do: 'start', from: target.id, solved });
}

/** Through, where everything that can run has passed; else it was left, and goes on where it was. */
async function finish({ session, notes }: OpenLesson): Promise<void> {
  const { plan, blocks } = session.state;
  const isThrough = plan.blocks.every(
    ({ index, skip }) => skip !== undefined || blocks[index]!.status === 'passed',
  );
  if (isThrough) await notes.finish(plan, { isPartial: false });
  await session.request({ do: 'leave' }).catch(() => {});
}
