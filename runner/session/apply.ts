// All that a session decides, without doing any of it: the state and what came make the next state and what is to be done.
// The way of Livebook's `Session.Data`: whoever reads the effects in order needs no clock, no server and no terminal.
import { aboutRecords } from '../state/compare.ts';
import type { FailedOutcome, LessonEvent, LessonStatus } from './events.ts';
import { failedChecks } from './failed-checks.ts';
import type { AttemptEnd, Completion, Effect, Operation, Request, Trial } from './operation.ts';
import { isEnoughOf, type PlannedBlock } from './plan.ts';
import { continueFrom, continueRestore, restore, runAgain } from './restore.ts';
import { revise } from './revise.ts';
import { type BlockState, isAt, type Preparation, type Running, type SessionState } from './state.ts';
import {
  type Applied,
  after,
  attemptOf,
  begin,
  changeBlock,
  closeStep,
  endBlock,
  finish,
  gather,
  goTo,
  judge,
  noteRun,
  openStep,
  ranIn,
  reached,
  refuse,
  retry,
  stepStatus,
  stopWriters,
  toStep,
} from './transitions.ts';
import { endWork, work } from './work.ts';

type At = Pick<Operation, 'at'>;

export function apply(state: SessionState, operation: Operation): Applied {
  return 'do' in operation ? applyRequest(state, operation) : applyCompletion(state, operation);
}

function applyRequest(state: SessionState, request: Request & At): Applied {
  const { phase } = state;
  if (request.do === 'cancel') return cancel(state);
  if (phase.kind === 'closed') return refuse(state, 'the lesson has ended');
  if (request.do === 'start') {
    return phase.kind === 'new' ? start(state, request) : refuse(state, 'the lesson has started already');
  }
  if (phase.kind !== 'idle') return refuse(state, phase.kind === 'new' ? 'the lesson has not started' : busy);
  const { preparation } = state;
  if (preparation && (preparation.kind === 'failed' || needsCluster(request))) {
    return prepare(state, preparation, request);
  }
  switch (request.do) {
    case 'prepare':
      return { state, effects: [] };
    case 'next':
      return advance(state, request.at);
    case 'run':
      return run(state, request, request.at);
    case 'work':
      return work(state, request.text, request.at);
    case 'disturb':
      return { state: { ...state, isDisturbed: true }, effects: [] };
    case 'restore':
      return withBlock(state, request.block, (block) =>
        restore(state, block, request.at, { isNeededAgain: request.again ?? false }),
      );
    case 'try': {
      const { trial } = request;
      return withBlock(state, request.block, (block) =>
        restore(state, block, request.at, { isNeededAgain: true, trial }),
      );
    }
    case 'revise':
      return { state: revise(state, request.plan), effects: [] };
    case 'skip':
      return skip(state);
    case 'leave':
      return finish(state, leavingStatus(state), request.at);
  }
}

const busy = 'the session is busy: wait until it is done, or cancel the block that runs';

function needsCluster({ do: what }: Request): boolean {
  return what !== 'next' && what !== 'skip' && what !== 'leave';
}

/** Tells what came of the reset beside the reading, and does what has waited for it. */
function prepare(from: SessionState, preparation: Preparation, request: Request & At): Applied {
  if (preparation.kind === 'under way') {
    return { state: { ...from, phase: { kind: 'resetting', goal: { request } } }, effects: [] };
  }
  const { preparation: _, ...state } = from;
  if (preparation.kind === 'failed') return fail(state, preparation.failure, request.at);
  const effects: Effect[] = [{ do: 'publish', event: { type: 'cluster-reset', ms: preparation.ms } }];
  return after(effects, applyRequest(state, request));
}

function applyCompletion(state: SessionState, completion: Completion & At): Applied {
  const { phase } = state;
  if (phase.kind === 'closed') return { state, effects: [] };
  switch (completion.done) {
    case 'interrupt': {
      const interrupted = { ...state, isInterrupted: true };
      // Before its first event a lesson has no last one.
      if (phase.kind === 'new') {
        return { state: { ...interrupted, phase: { kind: 'closed', status: 'interrupted' } }, effects: [] };
      }
      if (phase.kind === 'idle') return finish(interrupted, 'interrupted', completion.at);
      return { state: interrupted, effects: [] };
    }
    case 'failure':
      if (phase.kind !== 'idle' || !state.preparation) return fail(state, completion, completion.at);
      return { state: { ...state, preparation: { kind: 'failed', failure: completion } }, effects: [] };
    case 'reset':
      return reset(state, completion, completion.at);
    case 'stop-writers':
      return writersStopped(state, completion);
    case 'run':
      if (phase.kind === 'running') return endAttempt(state, phase, completion.end, completion.at);
      return phase.kind === 'restoring'
        ? runAgain(state, phase, completion.end, completion.at)
        : { state, effects: [] };
  }
}

function fail(state: SessionState, { event, status }: Failure, at: number): Applied {
  const { phase } = state;
  const ended: SessionState = { ...state, phase: { kind: 'idle' }, writing: [] };
  if (state.isInterrupted) return finish(ended, 'interrupted', at);
  const block = phase.kind === 'running' ? phase.block : undefined;
  return after([{ do: 'publish', event, ...(block && { block }) }], finish(ended, status, at));
}

type Failure = Extract<Completion, { done: 'failure' }>;

function withBlock(state: SessionState, id: string, use: (block: PlannedBlock) => Applied): Applied {
  const block = state.plan.byId.get(id);
  if (block === undefined) return refuse(state, `the lesson has no block "${id}"`);
  if (block.skip !== undefined) return refuse(state, `the block "${id}" does not run here: ${block.skip}`);
  return use(block);
}

function start(
  state: SessionState,
  { from, solved = [], readsAhead = false, at }: Extract<Request, { do: 'start' }> & At,
): Applied {
  const { skip: reason, lesson, cluster } = state.plan;
  const { id, title, place, steps, minutes } = lesson;
  const isSolved = (index: number) => solved.includes(state.plan.blocks[index]!.id);
  const blocks = state.blocks.map(
    (block, index): BlockState => (isSolved(index) ? { ...block, status: 'passed' } : block),
  );
  const started: SessionState = { ...state, blocks, startedAt: at };
  const head: LessonEvent = {
    type: 'lesson-started',
    lesson: id,
    title,
    place,
    steps: steps.length,
    ...(minutes !== undefined && { minutes }),
    cluster,
  };
  if (reason === undefined && from !== undefined) {
    const began: Effect = { do: 'publish', event: head };
    return withBlock(started, from, (block) => after([began], restore(started, block, at)));
  }
  if (reason === undefined && readsAhead) {
    return {
      state: { ...started, phase: { kind: 'idle' }, preparation: { kind: 'under way' } },
      effects: [{ do: 'publish', event: head }, { do: 'reset' }, ...introOf(state)],
    };
  }
  if (reason === undefined) {
    return {
      state: { ...started, phase: { kind: 'resetting', goal: 'begin' } },
      effects: [{ do: 'publish', event: head }, { do: 'reset' }],
    };
  }
  const notice: LessonEvent = {
    type: 'notice',
    notice: { severity: 'LESSON', message: `skipped: ${reason}` },
  };
  const published = [head, notice].map((event) => ({ do: 'publish', event }) as const);
  return after(published, finish(started, 'skipped', at));
}

function introOf({ plan: { lesson } }: SessionState): readonly Effect[] {
  const { intro } = lesson;
  return intro === '' ? [] : [{ do: 'publish', event: { type: 'prose', markdown: intro } }];
}

function reset(
  state: SessionState,
  { ms, restored = 0, captured = {} }: ResetCompletion,
  at: number,
): Applied {
  const { phase } = state;
  if (phase.kind === 'idle' && state.preparation) {
    return { state: { ...state, preparation: { kind: 'done', ms } }, effects: [] };
  }
  if (phase.kind !== 'resetting') return { state, effects: [] };
  const clean: SessionState = {
    ...state,
    phase: { kind: 'idle' },
    trail: [],
    isDisturbed: false,
    writing: [],
  };
  if (state.isInterrupted) return finish(clean, 'interrupted', at);
  if (phase.goal === 'begin') {
    return {
      state: clean,
      effects: [{ do: 'publish', event: { type: 'cluster-reset', ms } }, ...introOf(state)],
    };
  }
  if ('request' in phase.goal) return prepare(clean, { kind: 'done', ms }, { ...phase.goal.request, at });
  return continueFrom(clean, phase.goal, { restored, captured }, at);
}

type ResetCompletion = Extract<Completion, { done: 'reset' }>;

/** To the next block that can run; what stands before it is published, and so is the end of a step. */
function advance(from: SessionState, at: number): Applied {
  const { items } = from.plan;
  const effects: Effect[] = [];
  let state = from;
  for (;;) {
    const cursor = state.cursor + 1;
    const item = items[cursor];
    if (item === undefined) {
      return after(effects, finish(state, endStatus(state), at));
    }
    if (item.kind === 'step-end' && state.writing.length > 0) {
      return after(effects, stopWriters(state, { do: 'next' }));
    }
    state = { ...state, cursor, reached: item.kind === 'block' ? item.block : undefined };
    switch (item.kind) {
      case 'step-start':
        ({ state } = gather(effects, openStep(state, item.step, at)));
        break;
      case 'prose':
        effects.push(toStep(state, { type: 'prose', markdown: item.prose.markdown }));
        break;
      case 'step-end':
        ({ state } = gather(effects, closeStep(state, stepStatus(state), at)));
        break;
      case 'block': {
        effects.push(reached(item.block));
        if (item.block.skip === undefined) return { state, effects };
        ({ state } = gather(effects, skipBlock(state, item.block, item.block.skip)));
      }
    }
  }
}

function skipBlock(state: SessionState, block: PlannedBlock, reason: string): Applied {
  const { place } = block.block;
  const event: LessonEvent = {
    type: 'block-finished',
    status: 'skipped',
    place,
    outcomes: [],
    reason,
    attempts: 0,
    ms: 0,
  };
  return {
    state: changeBlock(state, block, { status: 'skipped' }),
    effects: [{ do: 'publish', event, block }],
  };
}

/** The rest of the step, without another event for each of its blocks. */
function skip(state: SessionState): Applied {
  const { reached, plan, blocks } = state;
  if (reached === undefined) return refuse(state, 'no block has been reached');
  const rest = plan.blocks.filter(({ step, index }) => step === reached.step && index >= reached.index);
  const open = rest.filter(({ index }) => blocks[index]!.status !== 'passed');
  const skipped = open.reduce((changed, block) => changeBlock(changed, block, { status: 'skipped' }), state);
  const { effects } = skipBlock(state, reached, 'the rest of this step was skipped');
  return { state: { ...skipped, cursor: reached.step.last - 1, reached: undefined }, effects };
}

function run(state: SessionState, request: Extract<Request, { do: 'run' }>, at: number): Applied {
  const id = request.block ?? state.reached?.id;
  if (id === undefined) return refuse(state, 'no block has been reached');
  return withBlock(state, id, (block) => {
    if (state.writing.length > 0 && state.step?.planned !== block.step) return stopWriters(state, request);
    const there = goTo(state, block, at, { withProse: false });
    const answer = request.answer === undefined ? block.answer : 'learner';
    const text = request.answer ?? block.text;
    const attempt = attemptOf(there.state, block);
    const event: LessonEvent = { type: 'block-started', text, ...(answer && { answer }) };
    const isInPlace = request.answer !== undefined && isAt(state, block);
    return after(
      [...there.effects, { do: 'publish', event, block, attempt }],
      begin(there.state, block, text, at, { isInPlace, guess: request.guess }),
    );
  });
}

function endAttempt(state: SessionState, phase: Running, end: AttemptEnd, at: number): Applied {
  const { block, trial, tries } = phase;
  const again = phase.isWork ? undefined : retry(state, phase, end, trial ? 'drop' : 'keep', at);
  if (again) return { state: { ...state, phase: { ...phase, tries: tries + 1 } }, effects: again };
  const noted: SessionState = { ...noteRun(state, phase, end), phase: { kind: 'idle' } };
  const { attempts: attempt } = state.blocks[block.index]!;
  const ended = trial
    ? endTrial(noted, phase, trial, end, at)
    : phase.isWork
      ? endWork(noted, phase, end, at)
      : endBlock(noted, phase, end, at);
  const effects = ended.effects.map((effect) =>
    effect.do === 'publish' ? { ...effect, block, attempt } : effect,
  );
  if (state.isInterrupted) return after(effects, finish(ended.state, 'interrupted', at));
  return { state: ended.state, effects };
}

function endTrial(
  state: SessionState,
  { block, startedAt }: Running,
  trial: Trial,
  { outcomes, cancelled }: AttemptEnd,
  at: number,
): Applied {
  if (cancelled || state.isInterrupted) return { state, effects: [] }; // it shows nothing
  const failed = outcomes.find((outcome) => outcome.status === 'failed');
  const met =
    trial.answer === 'start' ? 'the exercise passes without any answer' : 'all expectations were met';
  return judge(state, block, trial, {
    end: failed ? 'fail' : 'pass',
    seen: failed ? describeFailed(failed) : met,
    failed: failedChecks(outcomes),
    ms: at - startedAt,
  });
}

function describeFailed({ title, expected, actual, isRecorded }: FailedOutcome): string {
  const what = `${title}: expected ${expected}, got ${actual}`;
  return isRecorded ? `${what}. ${aboutRecords}` : what;
}

function cancel(state: SessionState): Applied {
  const { phase } = state;
  if (phase.kind === 'resetting' && phase.goal !== 'begin' && 'target' in phase.goal) {
    const goal = { ...phase.goal, isCancelled: true };
    return { state: { ...state, phase: { ...phase, goal } }, effects: [] };
  }
  if (phase.kind !== 'running' && phase.kind !== 'restoring') return refuse(state, 'no block is running');
  return { state: { ...state, phase: { ...phase, isCancelled: true } }, effects: [{ do: 'cancel' }] };
}

function writersStopped(
  state: SessionState,
  { reports, at }: Extract<Completion, { done: 'stop-writers' }> & At,
): Applied {
  const { phase } = state;
  const silent: SessionState = { ...state, writing: [] };
  if (phase.kind === 'restoring' && phase.by !== 'nothing') return continueRestore(silent, phase, at);
  const published = reports.map((report): Effect => {
    const block = state.plan.blocks.find(({ block: { name } }) => name === report.name);
    return { do: 'publish', event: { type: 'writer-stopped', ...report }, ...(block && { block }) };
  });
  if (phase.kind === 'restoring') return after(published, continueRestore(silent, phase, at));
  if (phase.kind !== 'ending-step') return { state: silent, effects: published };
  const idle: SessionState = { ...silent, phase: { kind: 'idle' } };
  if (state.isInterrupted) return after(published, finish(idle, 'interrupted', at));
  if ('finish' in phase.goal) return after(published, finish(idle, phase.goal.finish, at));
  return after(published, applyRequest(idle, { ...phase.goal, at }));
}

/** Of a lesson that was gone through to its end. */
function endStatus(state: SessionState): LessonStatus {
  const { blocks, isUnsound, plan } = state;
  const statuses = blocks.map(({ status }) => status);
  if (isUnsound || statuses.includes('failed')) return 'failed';
  if (statuses.some((status) => status === 'pending' || status === 'cancelled')) return 'left';
  const ran = ranIn(state);
  if (ran === 0 && blocks.length > 0) return 'skipped';
  return isEnoughOf(plan, ran) ? 'passed' : 'partial';
}

function leavingStatus({ blocks, reached }: SessionState): LessonStatus {
  const { status, isLost } = (reached && blocks[reached.index]) ?? {};
  if (status !== 'failed') return 'left';
  return isLost ? 'lost' : 'failed';
}
