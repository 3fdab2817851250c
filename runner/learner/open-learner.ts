// The learner's client for each lesson of a run.
import path from 'node:path';
import type { RunMode, RunOptions } from '../app/run-lessons.ts';
import { UserError } from '../errors.ts';
import type { Invocation } from '../invocation.ts';
import { findStep, stepsOf } from '../lesson/find-step.ts';
import type { Lesson } from '../lesson/types.ts';
import { coloured, plain, wantsColour } from '../report/style.ts';
import type { Session } from '../session/session.ts';
import { answerFile } from '../store/answer-files.ts';
import type { LearnerFolder } from '../store/learner-folder.ts';
import { readMistakes } from '../store/recorded-mistakes.ts';
import { lastResults } from './last-results.ts';
import { learn } from './learn.ts';
import { openNotes } from './notes.ts';

interface Options extends Pick<RunOptions, 'plain'> {
  readonly step?: string | undefined;
  readonly exercises: boolean;
}

export async function openLearner(
  folderOf: (lesson: Lesson) => Promise<LearnerFolder>,
  { step, exercises, plain: isPlain = false }: Options,
  invocation: Invocation,
): Promise<Pick<RunMode, 'client' | 'listen'>> {
  const style = !isPlain && wantsColour(invocation.env, true) ? coloured : plain;
  const { listen, results, lastQuery, failed } = lastResults();
  return {
    listen,
    async client(session, cluster) {
      const { lesson, cluster: info } = session.state.plan;
      const folder = await folderOf(lesson);
      const from = step === undefined ? undefined : blockOfStep(step, session);
      const typed = new Map<string, string[]>();
      return learn(session, {
        invocation,
        style,
        isPlain,
        cluster,
        results,
        lastQuery,
        failed,
        mistakes: await readMistakes(path.resolve(invocation.cwd, lesson.place.file)),
        notes: await openNotes(folder, lesson.id, info.engine.kind),
        typedAt: ({ id }) => typed.get(id) ?? typed.set(id, []).get(id)!,
        answerTo: (exercise) => answerFile(folder, lesson.id, exercise),
        only: exercises ? 'exercises' : 'all',
        ...(from !== undefined && { from }),
      });
    },
  };
}

/** The id of the first block of a step. @throws UserError where nothing of it runs. */
function blockOfStep(text: string, { state: { plan } }: Session): string {
  const step = findStep(stepsOf(plan.lesson), text)!.step;
  const block = plan.blocks.find((each) => each.step.step === step && each.skip === undefined);
  if (block) return block.id;
  throw new UserError(`nothing of the step "${step.title}" runs here`, { code: 'usage' });
}
