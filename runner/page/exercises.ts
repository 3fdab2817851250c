// The exercises of the lesson that is open: answers and the file of each, checks, hints, solutions, the author's word.
import { UserError } from '../errors.ts';
import { authorWord } from '../learner/author-word.ts';
import type { Notes } from '../learner/notes.ts';
import type { Exercise, Lesson } from '../lesson/types.ts';
import { failedChecks } from '../session/failed-checks.ts';
import type { PlannedBlock } from '../session/plan.ts';
import type { Session } from '../session/session.ts';
import { type AnswerFile, answerFile } from '../store/answer-files.ts';
import type { LearnerFolder } from '../store/learner-folder.ts';
import { readMistakes } from '../store/recorded-mistakes.ts';
import { toHtml } from './document.ts';
import type { EventLog } from './event-log.ts';

/** What the learner has of an exercise already. */
export interface OwnWork {
  readonly answer?: string;
  /** HTML. */
  readonly hints: readonly string[];
  /** Now or at an earlier time. */
  readonly isSolved?: true;
}

export interface Exercises {
  /** By the id of the block. */
  own(): Promise<Readonly<Record<string, OwnWork>>>;
  /** From the state in which the exercise starts. Resolves with what the author says of the mistake, as HTML. */
  answer(block: PlannedBlock, text: string): Promise<string | undefined>;
  /** Looks at the checks of the exercise that was reached: somebody may have worked at it by other means. */
  look(): Promise<void>;
  keep(id: string, text: string): Promise<void>;
  hint(id: string, number: number): Promise<string>;
  solutions(id: string): Promise<readonly string[]>;
}

interface Context {
  readonly lesson: Lesson;
  /** Its absolute path. */
  readonly file: string;
  readonly folder: LearnerFolder;
  readonly session: Session;
  readonly notes: Notes;
  readonly events: EventLog;
}

export async function openExercises(context: Context): Promise<Exercises> {
  const { lesson, folder, session, notes, events } = context;
  const recorded = await readMistakes(context.file);
  const all = session.state.plan.blocks.filter(({ block }) => block.exercise);
  const files = new Map<string, AnswerFile>(
    all.map((each) => [each.id, answerFile(folder, lesson.id, each)]),
  );
  const statusOf = ({ index }: PlannedBlock) => session.state.blocks[index]!.status;

  function exerciseOf(id: string): Exercise {
    const exercise = session.state.plan.byId.get(id)?.block.exercise;
    if (exercise === undefined) throw new UserError(`"${id}" is not an exercise`, { code: 'usage' });
    return exercise;
  }

  const hintsOf = (id: string, count: number) =>
    exerciseOf(id)
      .hints.slice(0, count)
      .map(({ markdown }) => toHtml(markdown));

  return {
    async own() {
      const entries = all.map(async ({ id }): Promise<[string, OwnWork]> => {
        const answer = await files.get(id)!.read();
        const { hints: shown, status } = notes.exercise(id);
        const solved = status === 'solved' && { isSolved: true as const };
        return [id, { hints: hintsOf(id, shown), ...(answer !== undefined && { answer }), ...solved }];
      });
      return Object.fromEntries(await Promise.all(entries));
    },
    async answer(block, text) {
      const { id } = block;
      const { status: before, attempts } = notes.exercise(id);
      await files.get(id)!.keep(text);
      await session.request({ do: 'restore', block: id });
      await session.request({ do: 'run', block: id, answer: text });
      const isSolved = statusOf(block) === 'passed';
      await notes.change(id, { status: isSolved ? 'solved' : before, attempts: attempts + 1 });
      if (isSolved) return undefined;
      const end = events.since(0).findLast((event) => event.type === 'block-finished' && event.block === id);
      if (end?.type !== 'block-finished') return undefined;
      const failed = failedChecks(end.outcomes);
      const word = await authorWord(exerciseOf(id), { answers: [text], failed, recorded });
      return word && toHtml(word);
    },
    async look() {
      const { reached } = session.state;
      await session.request({ do: 'disturb' });
      if (!reached?.block.exercise || statusOf(reached) === 'passed') return;
      await session.request({ do: 'work', text: '' });
      if (statusOf(reached) === 'passed') await notes.change(reached.id, { status: 'solved' });
    },
    async keep(id, text) {
      exerciseOf(id);
      await files.get(id)!.keep(text);
    },
    async hint(id, number) {
      const hint = hintsOf(id, number + 1)[number];
      if (hint === undefined) throw new UserError('there is no further hint', { code: 'usage' });
      await notes.change(id, { hints: Math.max(notes.exercise(id).hints, number + 1) });
      return hint;
    },
    async solutions(id) {
      const { solutions } = exerciseOf(id);
      if (notes.exercise(id).status !== 'solved') await notes.change(id, { sawSolution: true });
      return solutions.map(({ text }) => text);
    },
  };
}
