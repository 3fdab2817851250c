// The instructor's run: the lesson holds with its solutions, and its exercises tell right answers from wrong ones.

import type { Place } from '../lesson/types.ts';
import type { AnswerKind, LessonEvent, LessonStatus } from './events.ts';
import { type ExecuteContext, told, walk } from './execute.ts';
import { type Plan, type PlannedBlock, planTrial } from './plan.ts';

/** Of every exercise: the untouched start must fail, each solution must pass, each wrong answer must fail. */
export function verify(plan: Plan, context: ExecuteContext): AsyncGenerator<LessonEvent, LessonStatus> {
  return told(plan, context, body(plan, context));
}

async function* body(plan: Plan, context: ExecuteContext): AsyncGenerator<LessonEvent, LessonStatus> {
  const status = yield* walk(plan, context);
  if (status !== 'passed') return status;
  let sound = true;
  for (const { step, parts } of plan.steps) {
    for (const part of parts) {
      if (part.kind !== 'block' || part.skip !== undefined) continue;
      for (const trial of trialsOf(part)) {
        const started = performance.now();
        const { end, seen } = await tryAnswer(plan, part, trial, context);
        if (context.signal.aborted) return 'interrupted';
        const held = end === trial.should;
        sound &&= held;
        yield {
          type: 'answer-tried',
          step: step.id,
          answer: trial.answer,
          place: trial.place,
          should: trial.should,
          held,
          seen,
          ms: performance.now() - started,
        };
      }
    }
  }
  return sound ? 'passed' : 'failed';
}

interface Trial {
  readonly answer: AnswerKind;
  readonly text: string;
  readonly place: Place;
  readonly should: 'pass' | 'fail';
}

/** The first solution is not among them: the walk has run it. */
function trialsOf({ block }: PlannedBlock): readonly Trial[] {
  if (block.exercise === undefined) return [];
  const { solutions, wrongAnswers } = block.exercise;
  return [
    { answer: 'start', text: block.text, place: block.place, should: 'fail' },
    ...solutions.slice(1).map((answer) => ({ answer: 'solution', should: 'pass', ...answer }) as const),
    ...wrongAnswers.map((answer) => ({ answer: 'wrong', should: 'fail', ...answer }) as const),
  ];
}

interface Tried {
  /** `unreached`: the lesson did not come as far as the exercise. */
  readonly end: 'pass' | 'fail' | 'unreached';
  /** In a sentence. */
  readonly seen: string;
}

/** Replays the lesson from a clean cluster to the exercise, with this answer in it. */
async function tryAnswer(
  plan: Plan,
  exercise: PlannedBlock,
  { text, answer }: Trial,
  context: ExecuteContext,
): Promise<Tried> {
  let last: Extract<LessonEvent, { type: 'block-finished' }> | undefined;
  const events = walk(planTrial(plan, exercise, text, answer), context);
  for await (const event of events) if (event.type === 'block-finished') last = event;

  if (last === undefined || last.place !== exercise.block.place) {
    const where = last === undefined ? 'before its first block' : `at line ${last.place.line}`;
    return { end: 'unreached', seen: `the lesson itself failed ${where}` };
  }
  const failed = last.outcomes.find((outcome) => outcome.status === 'failed');
  if (failed === undefined) return { end: 'pass', seen: 'all its expectations held' };
  return { end: 'fail', seen: `${failed.title}: expected ${failed.expected}, got ${failed.actual}` };
}
