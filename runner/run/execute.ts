// Walks a planned lesson: a clean cluster, then block after block, and only on while what must hold holds.
import { setTimeout as wait } from 'node:timers/promises';
import type { ClusterInfo } from '../cluster/info.ts';
import type { Cluster } from '../cluster/port.ts';
import { UserError } from '../errors.ts';
import { type BlockContext, type BlockEnd, runBlock } from './block.ts';
import { during } from './channel.ts';
import type { AnswerKind, LessonEvent, LessonStatus, StepStatus } from './events.ts';
import type { Plan, PlannedBlock, PlannedStep } from './plan.ts';
import { openSessions } from './sessions.ts';
import type { ShellEnvironment } from './shell-block.ts';
import { openWriters } from './writers.ts';

/** What the learner decides; `unattended` where nobody is asked. */
export interface Control {
  readonly before: (block: PlannedBlock) => Promise<Decision>;
  /** After a block whose expectations did not hold. */
  readonly afterFailure: (block: PlannedBlock) => Promise<'again' | 'stop'>;
}

export type Decision =
  | {
      readonly do: 'run';
      /** What the learner wrote for an exercise. */
      readonly answer?: string;
    }
  /** The rest of the step. */
  | { readonly do: 'skip' }
  | { readonly do: 'leave' };

export const unattended: Control = {
  before: async () => ({ do: 'run' }),
  afterFailure: async () => 'stop',
};

export interface ExecuteContext {
  readonly cluster: Cluster;
  readonly info: ClusterInfo;
  readonly initSql: string;
  readonly shell: () => Promise<ShellEnvironment>;
  readonly control: Control;
  readonly signal: AbortSignal;
}

const retryPauseMs = 100;

/** Yields what happens; returns how the lesson ended. */
export function execute(plan: Plan, context: ExecuteContext): AsyncGenerator<LessonEvent, LessonStatus> {
  return told(plan, context, walk(plan, context));
}

/** The events of a lesson between its first and its last. */
export async function* told(
  { lesson }: Plan,
  { info, signal }: ExecuteContext,
  body: AsyncGenerator<LessonEvent, LessonStatus>,
): AsyncGenerator<LessonEvent, LessonStatus> {
  const started = performance.now();
  yield {
    type: 'lesson-started',
    lesson: lesson.id,
    title: lesson.title,
    place: lesson.place,
    steps: lesson.steps.length,
    ...(lesson.minutes === undefined ? {} : { minutes: lesson.minutes }),
    cluster: info,
  };
  let status: LessonStatus;
  try {
    status = yield* body;
  } catch (error) {
    // Reports are to have an end, whatever becomes of the cluster.
    if (signal.aborted) status = 'interrupted';
    else if (!(error instanceof UserError)) throw error;
    else {
      status = error.code === 'cluster' ? 'lost' : 'failed';
      const { hint, place } = error;
      const message = `${place ? `${place.file}:${place.line}: ` : ''}${error.message}`;
      yield { type: 'notice', notice: { severity: 'LESSON', message, ...(hint && { hint }) } };
    }
  }
  yield { type: 'lesson-finished', lesson: lesson.id, status, ms: performance.now() - started };
  return status;
}

/** From a clean cluster to the end of the plan, or to the first block that does not hold. */
export async function* walk(plan: Plan, context: ExecuteContext): AsyncGenerator<LessonEvent, LessonStatus> {
  if (plan.skip !== undefined) {
    yield { type: 'notice', notice: { severity: 'LESSON', message: `skipped: ${plan.skip}` } };
    return 'skipped';
  }
  const { cluster, signal, initSql } = context;
  const started = performance.now();
  await cluster.reset({ signal, ...(plan.lesson.init ? { initSql } : {}) });
  yield { type: 'cluster-reset', ms: performance.now() - started };
  if (plan.lesson.intro !== '') yield { type: 'prose', markdown: plan.lesson.intro };

  const sessions = openSessions(cluster);
  const probes = openSessions(cluster);
  const writers = openWriters(cluster, signal);
  try {
    let ran = 0;
    for (const [index, planned] of plan.steps.entries()) {
      const end = yield* walkStep(planned, index + 1, { ...context, sessions, probes, writers });
      if (end.stop !== undefined) return end.stop;
      ran += end.ran;
    }
    return ran === 0 ? 'skipped' : 'passed';
  } finally {
    await Promise.all([writers.stop(), sessions.closeAll(), probes.closeAll()]);
  }
}

type StepContext = ExecuteContext & Omit<BlockContext, 'emit'>;

interface StepEnd {
  /** How many blocks ran. */
  readonly ran: number;
  /** Set where the lesson ends here. */
  readonly stop?: LessonStatus;
}

async function* walkStep(
  { step, parts }: PlannedStep,
  number: number,
  context: StepContext,
): AsyncGenerator<LessonEvent, StepEnd> {
  const started = performance.now();
  const { id, title, place } = step;
  yield { type: 'step-started', step: id, title, number, place };
  let ran = 0;
  let skipped = 0;
  let stop: LessonStatus | undefined;
  for (const part of parts) {
    if (part.kind === 'prose') {
      yield { type: 'prose', markdown: part.markdown };
      continue;
    }
    const end = yield* walkBlock(part, context);
    if (end === 'passed') ran += 1;
    else if (end === 'block-skipped') skipped += 1;
    else if (end === 'step-skipped') {
      skipped += 1;
      break;
    } else {
      stop = end;
      break;
    }
  }
  for (const report of await context.writers.stop()) yield { type: 'writer-stopped', ...report };
  const status: StepStatus = stop !== undefined ? 'failed' : ran === 0 && skipped > 0 ? 'skipped' : 'passed';
  yield { type: 'step-finished', step: id, status, ms: performance.now() - started };
  return { ran, ...(stop === undefined ? {} : { stop }) };
}

/** A block that went well, one that was skipped alone or with the rest of its step, or why the lesson ends with it. */
type BlockWalkEnd = 'passed' | 'block-skipped' | 'step-skipped' | Exclude<LessonStatus, 'passed' | 'skipped'>;

async function* walkBlock(
  planned: PlannedBlock,
  context: StepContext,
): AsyncGenerator<LessonEvent, BlockWalkEnd> {
  const { block } = planned;
  const skip = (reason: string): LessonEvent => ({
    type: 'block-finished',
    status: 'skipped',
    place: block.place,
    outcomes: [],
    reason,
    attempts: 0,
    ms: 0,
  });
  yield start(planned, planned.text, planned.answer);
  if (planned.skip !== undefined) {
    yield skip(planned.skip);
    return 'block-skipped';
  }
  for (;;) {
    const decision = await context.control.before(planned);
    if (context.signal.aborted) return 'interrupted';
    if (decision.do === 'leave') return 'left';
    if (decision.do === 'skip') {
      yield skip('the rest of this step, as the learner asked');
      return 'step-skipped';
    }
    const { answer } = decision;
    if (answer !== undefined) yield start(planned, answer, 'learner');
    const end = yield* attempt(planned, answer ?? planned.text, context);
    if (context.signal.aborted) return 'interrupted';
    if (end.outcomes.every((outcome) => outcome.status === 'held')) return 'passed';
    if ((await context.control.afterFailure(planned)) === 'stop') return end.lost ? 'lost' : 'failed';
  }
}

function start({ block }: PlannedBlock, text: string, answer: AnswerKind | undefined): LessonEvent {
  return {
    type: 'block-started',
    kind: block.kind,
    text,
    place: block.place,
    ...(block.name === undefined ? {} : { name: block.name }),
    ...(block.kind === 'sql' && block.node !== 'coordinator' ? { node: block.node } : {}),
    ...(block.kind === 'sql' && block.session !== undefined ? { session: block.session } : {}),
    ...(block.kind === 'sql' && block.everyMs !== undefined ? { everyMs: block.everyMs } : {}),
    ...(answer === undefined ? {} : { answer }),
  };
}

/** Runs the block; with `retry`, again until its expectations hold. Only the last attempt is told. */
async function* attempt(
  { block }: PlannedBlock,
  text: string,
  context: StepContext,
): AsyncGenerator<LessonEvent, BlockEnd> {
  const started = performance.now();
  let attempts = 1;
  let end: BlockEnd;
  if (block.retryMs === undefined) {
    end = yield* during((emit) => runBlock(block, text, { ...context, emit }));
  } else {
    let told: LessonEvent[] = [];
    for (; ; attempts += 1) {
      told = told.filter(({ type }) => type === 'writer-stopped'); // it stops once only
      end = await runBlock(block, text, { ...context, emit: (event) => told.push(event) });
      const held = end.outcomes.every((outcome) => outcome.status === 'held');
      if (held || context.signal.aborted || performance.now() - started >= block.retryMs) break;
      await wait(retryPauseMs, undefined, { signal: context.signal }).catch(() => {});
    }
    yield* told;
  }
  const held = end.outcomes.every((outcome) => outcome.status === 'held');
  yield {
    type: 'block-finished',
    status: held ? 'passed' : 'failed',
    place: block.place,
    outcomes: end.outcomes,
    attempts,
    ms: performance.now() - started,
  };
  return end;
}
