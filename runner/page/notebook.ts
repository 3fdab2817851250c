// What the page works on: one lesson at a time, its session and its cluster. A client of the session, as the terminal is.
import path from 'node:path';
import { type RunOptions, runLessons } from '../app/run-lessons.ts';
import type { Cluster } from '../cluster/port.ts';
import { withCommand } from '../command-name.ts';
import { UserError } from '../errors.ts';
import type { Invocation } from '../invocation.ts';
import { type Notes, openNotes } from '../learner/notes.ts';
import { startFrom } from '../learner/start-from.ts';
import type { Lesson } from '../lesson/types.ts';
import type { LessonStatus } from '../session/events.ts';
import type { Request } from '../session/operation.ts';
import type { Session } from '../session/session.ts';
import { capturedAbove } from '../session/state.ts';
import { endOf } from '../session/walk.ts';
import { learnerFolder } from '../store/learner-folder.ts';
import { type OwnCellsFile, ownCellsFile } from '../store/own-cells.ts';
import { openEventLog } from './event-log.ts';
import { type Exercises, openExercises } from './exercises.ts';
import { openScratch, type Scratch } from './scratch.ts';
import type { ShownRun } from './shown-run.ts';

/** A lesson whose session stands. */
export interface OpenLesson {
  readonly lesson: Lesson;
  readonly session: Session;
  readonly cluster: Cluster;
  readonly notes: Notes;
  readonly exercises: Exercises;
  readonly ownCells: OwnCellsFile;
  readonly scratch: Scratch;
}

export interface Notebook extends ShownRun {
  /** Undefined while none is open, or one is being opened. */
  readonly current: OpenLesson | undefined;
  /** Leaves the lesson that is open, and resolves when the session of this one stands. @throws UserError */
  open(lesson: Lesson): Promise<OpenLesson>;
  /**
   * Runs a cell: a block's own text, or what the learner wrote. Resolves with what the author says of that mistake, where it
   * is one. @throws UserError where that cannot be now.
   */
  run(block: string, options: RunCell): Promise<string | undefined>;
  request(request: Request): Promise<void>;
  close(): Promise<void>;
}

export interface RunCell {
  readonly text?: string | undefined;
  readonly guess?: string | undefined;
}

/** Of one cell. All rows are counted and compared, whatever is shown. */
const shownRows = 10_000;

export function openNotebook(options: RunOptions, invocation: Invocation): Notebook {
  const events = openEventLog();
  let current: (OpenLesson & { readonly leave: () => void }) | undefined;
  let ended: Promise<unknown> = Promise.resolve();
  /** Two tabs may open lessons at the same time: one after the other. */
  let opening: Promise<unknown> = Promise.resolve();

  async function leave(): Promise<void> {
    if (current) await current.session.request({ do: 'cancel' }).catch(() => {});
    current?.leave();
    await ended;
    current = undefined;
  }

  /** What only the learner can agree to, such as the removal of a table that no lesson made, is not done from the page. */
  const refuse = (id: string) => (question: string) => {
    const hint = `Answer it in a terminal: "lesson run ${id}". Or leave this cluster as it is: "lesson open ${id} --name other".`;
    throw new UserError(question, { code: 'usage', hint: withCommand(hint, invocation.command) });
  };

  /** Resolves with the lesson once its session waits for requests. */
  function begin(lesson: Lesson): Promise<OpenLesson> {
    return new Promise((resolve, reject) => {
      const client = async (session: Session, cluster: Cluster): Promise<LessonStatus> => {
        const file = path.resolve(invocation.cwd, lesson.place.file);
        const folder = await learnerFolder({ dir: path.dirname(file) });
        const notes = await openNotes(folder, lesson.id, session.state.plan.cluster.engine.kind);
        const exercises = await openExercises({ lesson, file, folder, session, notes, events });
        const ownCells = ownCellsFile(folder, lesson.id);
        const captured = () => capturedAbove(session.state, { index: session.state.plan.blocks.length });
        const scratch = openScratch(cluster, shownRows, captured);
        const { next } = notes.progress;
        if (next === undefined) await notes.beginAnew();
        await session.request({ ...startFrom(session.state.plan, notes, next), readsAhead: true });
        const left = new Promise<void>((leave) => {
          current = { lesson, session, cluster, notes, exercises, ownCells, scratch, leave };
          resolve(current);
        });
        await left;
        await scratch.close();
        await finish(current!);
        return endOf(session.state);
      };
      const ofPage = { ...options, reporter: [] };
      const mode = {
        holder: `lesson open ${lesson.id}`,
        detail: 'walk',
        shownRows,
        isAttended: true,
        solve: false,
        stopAtFailure: true,
        confirm: refuse(lesson.id),
        listen: events.add,
        client,
      } as const;
      ended = runLessons([lesson], ofPage, mode, invocation).then(
        () => reject(new UserError(`${lesson.id} was not begun`, { code: 'cluster' })),
        reject,
      );
    });
  }

  const open = () => {
    if (current === undefined) throw new UserError('no lesson is open', { code: 'usage' });
    return current;
  };

  async function openAnew(lesson: Lesson): Promise<OpenLesson> {
    const isOpen = current?.lesson.id === lesson.id && current.session.state.phase.kind !== 'closed';
    if (current && isOpen) return current;
    await leave();
    events.clear();
    return begin(lesson);
  }

  return {
    events,
    get current() {
      return current;
    },
    open(lesson) {
      const opened = opening.then(() => openAnew(lesson));
      opening = opened.catch(() => {});
      return opened;
    },
    async run(id, { text, guess }) {
      const { session, notes, exercises } = open();
      const block = session.state.plan.byId.get(id);
      if (block?.block.exercise && text !== undefined) {
        const word = await exercises.answer(block, text);
        await notes.reached(id);
        return word;
      }
      await session.request({
        do: 'run',
        block: id,
        ...(text !== undefined && text !== block?.text && { answer: text }),
        ...(guess !== undefined && { guess }),
      });
      await notes.reached(id);
      await comeToExercise(session);
      return undefined;
    },
    async request(request) {
      await open().session.request(request);
    },
    async disturbed() {
      if (current?.session.state.phase.kind === 'idle') await current.exercises.look();
    },
    close: leave,
  };
}

/** An exercise that comes next is reached before anything is typed: its checks can be looked at. */
async function comeToExercise({ state, request }: Session): Promise<void> {
  const { reached, plan, blocks, phase } = state;
  if (phase.kind !== 'idle' || reached === undefined || blocks[reached.index]!.status !== 'passed') return;
  const next = plan.blocks.find(({ index, skip }) => index > reached.index && skip === undefined);
  if (next?.block.exercise && blocks[next.index]!.status === 'pending') await request({ do: 'next' });
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
