// Brings the cluster into the state in which a block starts: what has not run yet of the way to it runs, silently; where
// something else has left a trace, all of it from a clean cluster.
import type { Captured } from '../lesson/captures.ts';
import type { Outcome } from './events.ts';
import type { AttemptEnd, Effect, Trial } from './operation.ts';
import type { Accepted, PlannedBlock } from './plan.ts';
import {
  type BlockState,
  capturedAbove,
  holds,
  pathTo,
  progressOn,
  type Restoring,
  type SessionState,
  writersAfter,
} from './state.ts';
import {
  type Applied,
  after,
  begin,
  changeBlock,
  finish,
  goTo,
  judge,
  noteRun,
  retry,
  runEffect,
} from './transitions.ts';

interface RestoreOptions {
  readonly isNeededAgain: boolean;
  /** An answer that is tried when the cluster is in that state. */
  readonly trial?: Trial;
}

export function restore(
  state: SessionState,
  target: PlannedBlock,
  at: number,
  options: RestoreOptions = { isNeededAgain: false },
): Applied {
  const path = pathTo(state, target);
  const isNew = state.phase.kind === 'new'; // nobody knows what the cluster has been through
  const done = isNew ? undefined : progress(state, path, target);
  const phase: Restoring = {
    kind: 'restoring',
    target,
    by: done === undefined ? 'replay' : done === path.length ? 'nothing' : 'forward',
    path,
    next: done ?? 0,
    startedAt: at,
    runStartedAt: at,
    isCancelled: false,
    ...options,
  };
  if (done !== undefined) return continueRestore(state, phase, at);
  return { state: { ...state, phase: { kind: 'resetting', goal: phase } }, effects: [{ do: 'reset', path }] };
}

/** The cluster is as so many blocks of the path have left it. */
export function continueFrom(
  state: SessionState,
  phase: Restoring,
  { restored, captured }: { readonly restored: number; readonly captured: Captured },
  at: number,
): Applied {
  const done = phase.path.slice(0, restored);
  const passed = done.reduce((changed, { block }) => countRun(changed, block, { outcomes: [] }), state);
  const trail = done.map((accepted) => ({
    ...accepted,
    passed: true,
    changed: true,
    captured: capturedBy(accepted.block, captured),
  }));
  return continueRestore({ ...passed, trail }, { ...phase, next: restored }, at);
}

function capturedBy({ block }: PlannedBlock, captured: Captured): Captured {
  const names = (block.kind === 'sql' ? block.captures : undefined) ?? [];
  return Object.fromEntries(Object.entries(captured).filter(([name]) => names.includes(name)));
}

/** How much of the path is done; undefined where it must be gone again, also for a background block that writes no more. */
function progress(state: SessionState, path: readonly Accepted[], target: PlannedBlock): number | undefined {
  const done = progressOn(path, state);
  if (done === undefined) return undefined;
  const { step } = path[done]?.block ?? target;
  const writers = writersAfter(path.slice(0, done), step);
  return writers.every((name) => state.writing.includes(name)) ? done : undefined;
}

/** A restore that takes longer tells how far it is, in milliseconds. */
const silenceMs = 500;

export function continueRestore(state: SessionState, phase: Restoring, at: number): Applied {
  const { target, path, next, startedAt, isCancelled } = phase;
  if (state.isInterrupted) return finish(idle(state), 'interrupted', at);
  if (isCancelled) return fail(state, phase, target, [], at);
  const current = path[next];
  const previous = path[next - 1];
  const nextStep = (current?.block ?? target).step;
  if (state.writing.length > 0 && previous?.block.step !== nextStep) {
    return { state: { ...state, phase }, effects: [{ do: 'stop-writers' }] };
  }
  if (current === undefined) return arrive(state, phase, at);
  const published: Effect[] = [];
  if (at - startedAt > silenceMs) {
    const event = { type: 'restoring', done: next, total: path.length } as const;
    published.push({ do: 'publish', event, block: target });
  }
  const isStepStart = previous !== undefined && previous.block.step !== current.block.step;
  if (isStepStart && isWorthKeeping(state, phase)) {
    const captured = capturedAbove(state, current.block);
    published.push({ do: 'keep-checkpoint', path: path.slice(0, next), captured, insteadOf: path });
  }
  const { block, text } = current;
  const { attempts: attempt, hasPassed = false } = state.blocks[block.index]!;
  const isReplay = hasPassed || phase.trial === undefined;
  return {
    state: { ...state, phase: { ...phase, runStartedAt: at } },
    effects: [
      ...published,
      runEffect(state, { block, text, attempt, afterMs: 0, output: 'drop', watch: false, isReplay }),
    ],
  };
}

const idle = (state: SessionState): SessionState => ({ ...state, phase: { kind: 'idle' } });

/** A block on the way has run. */
export function runAgain(state: SessionState, phase: Restoring, end: AttemptEnd, at: number): Applied {
  const { path, next, runStartedAt, isCancelled } = phase;
  const { block, text } = path[next]!;
  const ran = { block, text, startedAt: runStartedAt, isCancelled };
  const again = retry(state, ran, end, 'drop', at);
  if (again) return { state, effects: again };
  const noted = noteRun(countRun(state, block, end), ran, end);
  if (holds(end.outcomes) || state.isInterrupted || isCancelled) {
    return continueRestore(noted, { ...phase, next: next + 1 }, at);
  }
  return fail(noted, phase, block, end.outcomes, at);
}

/** A block that passes on the way has passed, but for an exercise: that is the learner's to solve. */
function countRun(
  state: SessionState,
  block: PlannedBlock,
  { outcomes }: Pick<AttemptEnd, 'outcomes'>,
): SessionState {
  if (block.block.exercise !== undefined || !holds(outcomes)) return state;
  return changeBlock(state, block, { status: 'passed', hasPassed: true });
}

/** The block that was to start cannot: nobody should run it in the state that there is. */
function fail(
  state: SessionState,
  { target, startedAt, trial, isCancelled }: Restoring,
  { block: { place } }: PlannedBlock,
  outcomes: readonly Outcome[],
  at: number,
): Applied {
  const ms = at - startedAt;
  const event = { type: 'restore-failed', place, outcomes, ms } as const;
  const published: Effect[] = [{ do: 'publish', event, block: target }];
  const status = isCancelled ? 'cancelled' : 'failed';
  if (trial === undefined) {
    // Whoever asked for it goes on there, and sees that it is not ready.
    const there = goTo(idle(state), target, at, { withProse: true });
    const failed = changeBlock(withPending(there.state, target), target, { status });
    return { state: failed, effects: [...there.effects, ...published] };
  }
  const failed = changeBlock(idle(state), target, { status });
  if (isCancelled) return { state: failed, effects: published };
  const seen = `the lesson itself failed at line ${place.line}`;
  return after(published, judge(failed, target, trial, { end: 'unreached', seen, ms }));
}

/** Exercises are come back to; a background block would not go on. */
const isWorthKeeping = ({ writing }: SessionState, { isNeededAgain, by, target }: Restoring): boolean =>
  writing.length === 0 && (isNeededAgain || (by === 'replay' && target.block.exercise !== undefined));

function arrive(state: SessionState, phase: Restoring, at: number): Applied {
  const { target, by, path, startedAt, trial } = phase;
  const event = { type: 'restored', by, ms: at - startedAt } as const;
  const { state: reached, effects: before } = goTo(idle(state), target, at, {
    withProse: trial === undefined,
  });
  const there = withPending(reached, target);
  const effects: Effect[] = [...before, { do: 'publish', event, block: target }];
  if (isWorthKeeping(state, phase) && path.length > 0) {
    effects.push({ do: 'keep-checkpoint', path, captured: capturedAbove(state, target) });
  }
  return trial ? after(effects, begin(there, target, trial.text, at, { trial })) : { state: there, effects };
}

/** What stands from here on has yet to run in this state. */
function withPending(state: SessionState, { index }: PlannedBlock): SessionState {
  const blocks = state.blocks.map((block, at): BlockState => {
    if (at < index)
      return block.status === 'pending' && state.plan.blocks[at]!.skip
        ? { ...block, status: 'skipped' }
        : block;
    const { work: _, ...rest } = block;
    return rest.status === 'skipped' ? rest : { ...rest, status: 'pending' };
  });
  return { ...state, blocks };
}
