// What a run will do: which text each block runs, which blocks are skipped and why.
import type { Block, Lesson, Prose, Step } from '../lesson/types.ts';
import type { AnswerKind, ClusterInfo } from './events.ts';

export interface Plan {
  readonly lesson: Lesson;
  readonly steps: readonly PlannedStep[];
  /** Why none of it runs. */
  readonly skip?: string;
}

export interface PlannedStep {
  readonly step: Step;
  readonly parts: readonly (Prose | PlannedBlock)[];
}

export interface PlannedBlock {
  readonly kind: 'block';
  readonly block: Block;
  /** What runs: the block's own text, or the answer chosen for an exercise. */
  readonly text: string;
  readonly answer?: AnswerKind;
  readonly skip?: string;
}

/** With `solve`, exercises run their first solution; without it, what the learner is given. */
export function plan(lesson: Lesson, cluster: ClusterInfo, { solve }: { readonly solve: boolean }): Plan {
  const missing = (lesson.workers ?? 0) - cluster.workers;
  return {
    lesson,
    steps: lesson.steps.map((step) => ({
      step,
      parts: step.parts.map((part) => (part.kind === 'prose' ? part : planBlock(part, cluster, solve))),
    })),
    ...(missing > 0
      ? { skip: `it needs ${lesson.workers} workers and the cluster has ${cluster.workers}` }
      : {}),
  };
}

/** The same walk, up to this exercise and no further, with this answer in it. */
export function planTrial(whole: Plan, exercise: PlannedBlock, text: string, answer: AnswerKind): Plan {
  const steps: PlannedStep[] = [];
  for (const { step, parts } of whole.steps) {
    const at = parts.indexOf(exercise);
    if (at === -1) {
      steps.push({ step, parts });
      continue;
    }
    steps.push({ step, parts: [...parts.slice(0, at), { ...exercise, text, answer }] });
    break;
  }
  return { lesson: whole.lesson, steps };
}

function planBlock(block: Block, cluster: ClusterInfo, solve: boolean): PlannedBlock {
  const solution = solve ? block.exercise?.solutions[0] : undefined;
  const answer = block.exercise === undefined ? undefined : solution === undefined ? 'start' : 'solution';
  const skip =
    block.engine !== undefined && block.engine !== cluster.engine.kind
      ? 'only real Citus can show this; this is the built-in engine'
      : undefined;
  return {
    kind: 'block',
    block,
    text: solution?.text ?? block.text,
    ...(answer === undefined ? {} : { answer }),
    ...(skip === undefined ? {} : { skip }),
  };
}
