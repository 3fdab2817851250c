// A client of a session for instructors: at each exercise all answers are tried, then the lesson goes on with the solution.
import type { Answer } from '../lesson/types.ts';
import type { LessonStatus } from './events.ts';
import type { Trial } from './operation.ts';
import type { PlannedBlock } from './plan.ts';
import type { Session } from './session.ts';
import { canGoOn, walk } from './walk.ts';

/**
 * Of every exercise: the untouched start must fail, each wrong answer must fail, and each solution must pass, also after
 * each wrong answer.
 * @param options.record What the first solution leaves is recorded, so it is tried first.
 */
export function verify(session: Session, { record = false } = {}): Promise<LessonStatus> {
  return walk(session, async (block) => {
    const trials = trialsOf(block, record);
    for (const trial of trials) {
      if (await canGoOn(session)) await session.request({ do: 'try', block: block.id, trial });
    }
    if (trials.length > 0 && (await canGoOn(session))) {
      await session.request({ do: 'restore', block: block.id });
    }
  });
}

/** The first solution runs in the walk, too: tried here is that it passes whatever a wrong answer has left. */
function trialsOf({ block }: PlannedBlock, record: boolean): readonly Trial[] {
  if (block.exercise === undefined) return [];
  const { solutions, wrongAnswers } = block.exercise;
  const solve = (answer: Answer) => ({ answer: 'solution', should: 'pass', ...answer }) as const;
  return [
    ...(record ? solutions.slice(0, 1).map(solve) : []),
    { answer: 'start', text: block.text, place: block.place, should: 'fail' },
    ...solutions.slice(1).map(solve),
    ...wrongAnswers.flatMap((wrong): readonly Trial[] => [
      { answer: 'wrong', should: 'fail', ...wrong },
      ...solutions.map((solution) => ({ ...solve(solution), after: wrong.place })),
    ]),
  ];
}
