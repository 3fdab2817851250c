// The parts that transitions of a session are made of. Each returns the state after it, and what is to be done.
import type { Captured } from '../lesson/captures.ts';
import type { Prediction } from '../lesson/types.ts';
import type { FailedCheck, LessonEvent, LessonStatus, Outcome, StepStatus } from './events.ts';
import type { AttemptEnd, Effect, Trial } from './operation.ts';
import type { PlannedBlock, PlannedStep } from './plan.ts';
import { type BlockState, capturedAbove, holds, type Running, type SessionState } from './state.ts';

export interface Applied {
  readonly state: SessionState;
  readonly effects: readonly Effect[];
}

/** These effects first. */
export function after(effects: readonly Effect[], { state, effects: later }: Applied): Applied {
  return { state, effects: [...effects, ...later] };
}

export function refuse(state: SessionState, message: string): Applied {
  return { state, effects: [{ do: 'refuse', message }] };
}

export function gather(effects: Effect[], applied: Applied): Applied {
  effects.push(...applied.effects);
  return applied;
}

export function toStep({ step }: SessionState, event: LessonEvent): Effect {
  return { do: 'publish', event, ...(step && { step: step.planned.step.id }) };
}

export function openStep(state: SessionState, planned: PlannedStep, at: number): Applied {
  const { id, title, place } = planned.step;
  const event: LessonEvent = { type: 'step-started', step: id, title, number: planned.number, place };
  const step = { planned, startedAt: at };
  return { state: { ...state, step }, effects: [{ do: 'publish', event, step: id }] };
}

export function closeStep(state: SessionState, status: StepStatus, at: number): Applied {
  const { step, ...rest } = state;
  if (step === undefined) return { state, effects: [] };
  const { id } = step.planned.step;
  const event: LessonEvent = { type: 'step-finished', step: id, status, ms: at - step.startedAt };
  return { state: rest, effects: [{ do: 'publish', event, step: id }] };
}

export function stepStatus({ step, plan, blocks }: SessionState): StepStatus {
  const statuses = plan.blocks
    .filter((block) => block.step === step?.planned)
    .map(({ index }) => blocks[index]!.status);
  if (statuses.includes('failed')) return 'failed';
  return statuses.includes('skipped') && !statuses.includes('passed') ? 'skipped' : 'passed';
}

export function reached(planned: PlannedBlock, { hasRun = false } = {}): Effect {
  const { block, text, answer } = planned;
  const { kind, place, name } = block;
  const sql = block.kind === 'sql' ? block : undefined;
  const event: LessonEvent = {
    type: 'block-reached',
    kind,
    text,
    place,
    number: planned.index + 1,
    ...(name !== undefined && { name }),
    ...(sql && sql.node !== 'coordinator' && { node: sql.node }),
    ...(sql?.session !== undefined && { session: sql.session }),
    ...(sql?.everyMs !== undefined && { everyMs: sql.everyMs }),
    ...(answer && { answer }),
    ...(block.prediction && !hasRun && askedBy(block.prediction)),
    ...(hasRun && { hasRun: true as const }),
  };
  return { do: 'publish', event, block: planned };
}

const askedBy = ({ question, choices }: Prediction) => ({ question, ...(choices && { choices }) });

export function changeBlock(
  state: SessionState,
  { index }: PlannedBlock,
  change: Partial<BlockState>,
): SessionState {
  return { ...state, blocks: state.blocks.with(index, { ...state.blocks[index]!, ...change }) };
}

export const attemptOf = ({ blocks }: SessionState, { index }: PlannedBlock) => blocks[index]!.attempts + 1;

/** The session goes on from this block; its step begins where another was open. */
export function goTo(
  state: SessionState,
  block: PlannedBlock,
  at: number,
  { withProse }: { readonly withProse: boolean },
): Applied {
  if (state.reached === block) return { state, effects: [] };
  const effects: Effect[] = [];
  let there = state;
  if (state.step?.planned !== block.step) {
    ({ state: there } = gather(effects, closeStep(there, stepStatus(there), at)));
    ({ state: there } = gather(effects, openStep(there, block.step, at)));
  }
  if (withProse) effects.push(...textBefore(there, block, state.step?.planned === block.step));
  return { state: { ...there, cursor: block.item, reached: block }, effects: [...effects, reached(block)] };
}

/** The prose between the block and the one before it; in a step that begins, all before the block, with what has run. */
function textBefore(state: SessionState, { item }: PlannedBlock, isSameStep: boolean): readonly Effect[] {
  const before = state.plan.items.slice(0, item);
  const start = before.findLastIndex(({ kind }) => (isSameStep ? kind !== 'prose' : kind === 'step-start'));
  return before.slice(start + 1).flatMap((one): Effect[] => {
    if (one.kind === 'prose') return [toStep(state, { type: 'prose', markdown: one.prose.markdown })];
    return one.kind === 'block' && one.block.skip === undefined ? [reached(one.block, { hasRun: true })] : [];
  });
}

interface Attempt {
  /** An answer of which only the verdict is told. */
  readonly trial?: Trial;
  readonly isInPlace?: boolean;
  readonly work?: readonly string[] | undefined;
  readonly guess?: string | undefined;
}

export function begin(
  state: SessionState,
  block: PlannedBlock,
  text: string,
  at: number,
  { trial, isInPlace = false, work, guess }: Attempt,
): Applied {
  const attempt = attemptOf(state, block);
  const phase: Running = {
    kind: 'running',
    block,
    text,
    startedAt: at,
    tries: 1,
    isCancelled: false,
    isInPlace,
    isWork: work !== undefined,
    ...(guess !== undefined && { guess }),
    ...(trial && { trial }),
  };
  const output = trial ? 'drop' : block.block.retryMs === undefined ? 'publish' : 'keep';
  const watch = block.block.exercise !== undefined || state.blocks[block.index]!.status !== 'pending';
  return {
    state: changeBlock({ ...state, phase }, block, { attempts: attempt }),
    effects: [
      runEffect(state, {
        block,
        text,
        attempt,
        afterMs: 0,
        output,
        watch,
        isReplay: false,
        ...(work && { work }),
      }),
    ],
  };
}

type RunEffect = Extract<Effect, { do: 'run' }>;

/** Runs a block with what those above it have captured. */
export const runEffect = (state: SessionState, run: Omit<RunEffect, 'do' | 'captured'>): RunEffect => ({
  do: 'run',
  captured: capturedAbove(state, run.block),
  ...run,
});

const retryPauseMs = 100;

/** Whether a block with `retry` runs once more, and what is done for it. */
export function retry(
  state: SessionState,
  { block, text, startedAt, isCancelled }: Pick<Running, 'block' | 'text' | 'startedAt' | 'isCancelled'>,
  { outcomes }: AttemptEnd,
  output: 'keep' | 'drop',
  at: number,
): readonly Effect[] | undefined {
  const { retryMs } = block.block;
  if (retryMs === undefined || holds(outcomes) || at - startedAt >= retryMs) return undefined;
  if (isCancelled || state.isInterrupted) return undefined;
  const { attempts: attempt } = state.blocks[block.index]!;
  return [
    { do: 'drop-kept' },
    runEffect(state, {
      block,
      text,
      attempt,
      afterMs: retryPauseMs,
      output,
      watch: false,
      isReplay: false,
    }),
  ];
}

/** What a block that has ended changes besides its own state: the trail, and who writes. */
export function noteRun(
  state: SessionState,
  { block, text }: Pick<Running, 'block' | 'text'>,
  { outcomes, changed, cancelled, isWriting, captured }: AttemptEnd,
): SessionState {
  const { name, stop } = block.block;
  const passed = holds(outcomes) && !cancelled;
  const rest = state.writing.filter((each) => each !== stop && each !== name);
  const writing = isWriting && name !== undefined ? [...rest, name] : rest;
  const ran = { block, text, passed, changed, ...(captured && { captured }) };
  return { ...state, writing, trail: [...state.trail, ran] };
}

/** What is told of a block that has run, and how it stands. */
export function endBlock(state: SessionState, phase: Running, end: AttemptEnd, at: number): Applied {
  const { block, text, startedAt, tries, isInPlace, guess } = phase;
  const { outcomes, lost, cancelled, value, captured } = end;
  const { prediction } = block.block;
  const answer = prediction?.answer ?? value;
  const status = cancelled ? 'cancelled' : holds(outcomes) ? 'passed' : 'failed';
  const event: LessonEvent = {
    type: 'block-finished',
    status,
    place: block.block.place,
    outcomes: [...outcomes, ...capturedOutcomes(status === 'passed' ? captured : {}, block)],
    ...(prediction && answer !== undefined && status === 'passed'
      ? { prediction: { question: prediction.question, ...(guess !== undefined && { guess }), answer } }
      : {}),
    ...(captured && status === 'passed' && { captured }),
    attempts: tries,
    ms: at - startedAt,
  };
  const settled = changeBlock(state, block, {
    status,
    isLost: lost,
    ...(status === 'passed' && { hasPassed: true }),
    ...(status === 'passed' && isInPlace && { accepted: text }),
  });
  return {
    state: settled,
    effects: [
      ...(block.block.retryMs === undefined ? [] : [{ do: 'publish-kept' } as const]),
      { do: 'publish', event, block },
    ],
  };
}

/** What stands below may say `:shard`: so does the line that tells what it is. */
const capturedOutcomes = (captured: Captured = {}, { block: { place } }: PlannedBlock): readonly Outcome[] =>
  Object.entries(captured).map(([name, value]) => ({
    status: 'passed',
    title: 'capture',
    place,
    claim: `:${name} is ${value}`,
  }));

interface Judgment {
  readonly end: 'pass' | 'fail' | 'unreached';
  readonly seen: string;
  readonly failed?: readonly FailedCheck[];
  readonly ms: number;
}

/** @param verdict.end `unreached`: the lesson did not come as far as the exercise. */
export function judge(
  state: SessionState,
  block: PlannedBlock,
  { answer, place, should, after: ranBefore }: Trial,
  { end, seen, failed = [], ms }: Judgment,
): Applied {
  const passed = end === should;
  const { id: step } = block.step.step;
  const event: LessonEvent = {
    type: 'answer-tried',
    step,
    answer,
    place,
    should,
    ...(ranBefore && { after: ranBefore }),
    passed,
    seen,
    failed,
    ms,
  };
  return {
    state: { ...state, phase: { kind: 'idle' }, isUnsound: state.isUnsound || !passed },
    effects: [{ do: 'publish', event, block }],
  };
}

type AfterWriters = Extract<SessionState['phase'], { kind: 'ending-step' }>['goal'];

/** What they have written is told before the step ends. */
export function stopWriters(state: SessionState, goal: AfterWriters): Applied {
  return { state: { ...state, phase: { kind: 'ending-step', goal } }, effects: [{ do: 'stop-writers' }] };
}

/** The last events of the lesson. */
export const ranIn = ({ blocks }: SessionState): number =>
  blocks.filter(({ status }) => status !== 'pending' && status !== 'skipped').length;

export function finish(state: SessionState, status: LessonStatus, at: number): Applied {
  if (state.writing.length > 0) return stopWriters(state, { finish: status });
  const { state: ended, effects } = closeStep(state, 'failed', at);
  const event: LessonEvent = {
    type: 'lesson-finished',
    lesson: state.plan.lesson.id,
    status,
    ran: ranIn(state),
    blocks: state.blocks.length,
    ms: at - state.startedAt,
  };
  return {
    state: { ...ended, phase: { kind: 'closed', status } },
    effects: [...effects, { do: 'publish', event }],
  };
}
