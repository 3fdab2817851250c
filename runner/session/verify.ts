// A client of a session for instructors: at each exercise all answers are tried, then the lesson goes on with the solution.
import type { LessonStatus } from './events.ts';
import type { Trial } from './operation.ts';
import type { PlannedBlock } from './plan.ts';
import type { Session } from './session.ts';
import { canGoOn, unattended, walk } from './walk.ts';

/** Of every exercise: the untouched start must fail, each solution must pass, each wrong answer must fail. */
export function verify(session: Session): Promise<LessonStatus> {
  return walk(session, {
    ...unattended,
    async before(block) {
      const trials = trialsOf(block);
      for (const trial of trials) {
        if (await canGoOn(session)) await session.request({ do: 'try', block: block.id, trial });
      }
      if (trials.length > 0 && (await canGoOn(session))) {
        await session.request({ do: 'restore', block: block.id });
      }
      return { do: 'run' };
    },
  });
}

/** The first solution is not among them: the walk runs it. */
function trialsOf({ block }: PlannedBlock): readonly Trial[] {
  if (block.exercise === undefined) return [];
  const { solutions, wrongAnswers } = block.exercise;
  return [
    { answer: 'start', text: block.text, place: block.place, should: 'fail' },
    ...solutions.slice(1).map((answer) => ({ answer: 'solution', should: 'pass', ...answer }) as const),
    ...wrongAnswers.map((answer) => ({ answer: 'wrong', should: 'fail', ...answer }) as const),
  ];
}
