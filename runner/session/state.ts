// The state of a session: where it is in its lesson, how each block stands, and what the cluster has been through.
import type { Captured } from '../lesson/captures.ts';
import type { BlockStatus, LessonStatus, Outcome } from './events.ts';
import type { Completion, Request, Trial } from './operation.ts';
import type { Accepted, Plan, PlannedBlock, PlannedStep } from './plan.ts';

export interface SessionState {
  readonly plan: Plan;
  readonly phase: Phase;
  readonly startedAt: number;
  /** Until it is told. */
  readonly preparation?: Preparation;
  /** The last item of the plan that was come to; -1 before the first. */
  readonly cursor: number;
  /** The block that a request without a name means; undefined before the first, and after a step was skipped. */
  readonly reached: PlannedBlock | undefined;
  /** The step that has begun and not ended. */
  readonly step?: OpenStep;
  /** In the order of `plan.blocks`. */
  readonly blocks: readonly BlockState[];
  /** What has run since the cluster was clean, in order. */
  readonly trail: readonly Ran[];
  /** Somebody else has changed the cluster since it was clean. */
  readonly isDisturbed: boolean;
  /** The background blocks that write. */
  readonly writing: readonly string[];
  /** An answer did not do what it should. */
  readonly isUnsound: boolean;
  readonly isInterrupted: boolean;
}

export type Phase =
  | { readonly kind: 'new' | 'idle' }
  | { readonly kind: 'resetting'; readonly goal: 'begin' | Restoring | Waiting }
  | Running
  | Restoring
  /** Background blocks are ended before the step is. */
  | { readonly kind: 'ending-step'; readonly goal: Request | { readonly finish: LessonStatus } }
  | { readonly kind: 'closed'; readonly status: LessonStatus };

/** What needs the cluster while that is reset beside the reading. */
export interface Waiting {
  readonly request: Request;
}

/** The reset beside which the lesson is read. What came of it is told when the cluster is needed. */
export type Preparation =
  | { readonly kind: 'under way' }
  | { readonly kind: 'done'; readonly ms: number }
  | { readonly kind: 'failed'; readonly failure: Extract<Completion, { done: 'failure' }> };

export interface Running {
  readonly kind: 'running';
  readonly block: PlannedBlock;
  readonly text: string;
  readonly startedAt: number;
  /** How often the block has run because of its `retry`, this time included. */
  readonly tries: number;
  readonly isCancelled: boolean;
  /** Whether the cluster was in the state in which the block starts. */
  readonly isInPlace: boolean;
  /** One statement of the work at an exercise. */
  readonly isWork: boolean;
  readonly guess?: string;
  readonly trial?: Trial;
}

/** Blocks run again, silently. */
export interface Restoring {
  readonly kind: 'restoring';
  readonly target: PlannedBlock;
  readonly by: 'nothing' | 'forward' | 'replay';
  readonly path: readonly Accepted[];
  /** The one of the path that runs. */
  readonly next: number;
  readonly startedAt: number;
  readonly runStartedAt: number;
  readonly isCancelled: boolean;
  readonly isNeededAgain: boolean;
  /** What follows once the cluster is in that state. */
  readonly trial?: Trial;
}

export interface OpenStep {
  readonly planned: PlannedStep;
  readonly startedAt: number;
}

export interface BlockState {
  readonly status: BlockStatus | 'pending';
  /** How often it was run, answers that `check` tries included. */
  readonly attempts: number;
  /** It has passed at some time in this session. */
  readonly hasPassed?: boolean;
  /** The answer that passed in the state in which the block starts. */
  readonly accepted?: string;
  /** What the learner has run at this exercise since its state was restored. */
  readonly work?: Work;
  readonly isLost?: boolean;
}

export interface Work {
  /** The statements that ran without an error. */
  readonly texts: readonly string[];
  /** Whether these statements alone, run where the block starts, make the state that there is. */
  readonly isExact: boolean;
}

export interface Ran extends Accepted {
  readonly passed: boolean;
  readonly changed: boolean;
  readonly captured?: Captured;
}

export function initialState(plan: Plan): SessionState {
  return {
    plan,
    phase: { kind: 'new' },
    startedAt: 0,
    cursor: -1,
    reached: undefined,
    blocks: plan.blocks.map(() => ({ status: 'pending', attempts: 0 })),
    trail: [],
    isDisturbed: false,
    writing: [],
    isUnsound: false,
    isInterrupted: false,
  };
}

export const holds = (outcomes: readonly Outcome[]): boolean =>
  outcomes.every(({ status }) => status === 'passed');

/** What runs before this block on the way that the lesson goes: each with the text that passed, or would. */
export function pathTo({ plan, blocks }: SessionState, target: PlannedBlock): readonly Accepted[] {
  return plan.blocks.slice(0, target.index).flatMap((block) => {
    if (block.skip !== undefined) return [];
    const text = blocks[block.index]?.accepted ?? block.block.exercise?.solutions[0]?.text ?? block.text;
    return [{ block, text }];
  });
}

/** How much of the path has run, where nothing else has that left a trace; undefined where something has. */
export function progressOn(
  path: readonly Accepted[],
  { trail, isDisturbed }: Pick<SessionState, 'trail' | 'isDisturbed'>,
): number | undefined {
  if (isDisturbed) return undefined;
  let done = 0;
  for (const ran of trail) {
    const expected = path[done];
    if (ran.passed && ran.block === expected?.block && ran.text === expected.text) done += 1;
    else if (ran.changed) return undefined;
  }
  return done;
}

/** Whether the cluster is in the state in which this block starts. */
export function isAt(state: SessionState, block: PlannedBlock): boolean {
  const path = pathTo(state, block);
  return progressOn(path, state) === path.length;
}

/** What the blocks above this one have captured, as far as they ran; of one name, the nearest above. */
export function capturedAbove(
  { trail, plan }: SessionState,
  { index }: Pick<PlannedBlock, 'index'>,
): Captured {
  const above = trail.filter(
    ({ block, passed }) => passed && block.index < index && block === plan.blocks[block.index],
  );
  const inOrder = above.toSorted((a, b) => a.block.index - b.block.index);
  return Object.assign({}, ...inOrder.map(({ captured }) => captured));
}

/** The background blocks that write when so much of a path has run and this step continues. */
export function writersAfter(path: readonly Accepted[], step: PlannedStep): readonly string[] {
  const inStep = path.filter(({ block }) => block.step === step).map(({ block }) => block.block);
  return inStep.flatMap((block, i) => {
    if (block.kind !== 'sql' || block.everyMs === undefined || block.name === undefined) return [];
    const isStopped = inStep.slice(i + 1).some(({ stop }) => stop === block.name);
    return isStopped ? [] : [block.name];
  });
}
