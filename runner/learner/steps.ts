// The steps of the lesson, with how they stand, and the way to one of them.
import { findStep } from '../lesson/find-step.ts';
import type { PlannedStep } from '../session/plan.ts';
import type { Session } from '../session/session.ts';
import type { Desk, Move } from './desk.ts';
import { askLine } from './keys.ts';

export async function chooseStep({ state }: Session, desk: Desk): Promise<Move | undefined> {
  const { stdout } = desk.invocation;
  const { plan, reached } = state;
  const steps = [...new Set(plan.blocks.map(({ step }) => step))];
  for (const step of steps) stdout.write(`${stepLine(step)}\n`);
  const answer = await askLine(
    {
      question: 'Go to step (Enter: stay here): ',
      help: 'Type the number of a step, or a part of its title.',
    },
    desk.invocation,
  );
  const step = findStep(steps, answer);
  const block = step && firstBlock(step);
  if (block) return { do: 'go', block: block.id };
  if (step) stdout.write('Nothing of this step runs here.\n');
  else if (answer !== '') stdout.write(`There is no step "${answer}".\n`);
  return undefined;

  function firstBlock(step: PlannedStep) {
    return plan.blocks.find((block) => block.step === step && block.skip === undefined);
  }

  function stepLine(planned: PlannedStep): string {
    const blocks = plan.blocks.filter(({ step }) => step === planned);
    const statuses = blocks.map(({ index }) => state.blocks[index]!.status);
    const isDone = statuses.every((status) => status === 'passed');
    const mark = planned === reached?.step ? '▸' : isDone ? '✓' : statuses.includes('skipped') ? '-' : ' ';
    const exercise = blocks.some(({ block }) => block.exercise) ? desk.style('dim', '  exercise') : '';
    return `${mark} ${String(planned.number).padStart(2)}  ${planned.step.title}${exercise}`;
  }
}
