// The visible state of a run, made from its events alone: what a summary, a terminal or a page shows, whenever it comes.
import type { ClusterInfo } from '../cluster/info.ts';
import type { Notice, SqlFailure } from '../connect/connection.ts';
import type { Place } from '../lesson/types.ts';
import type {
  AnswerKind,
  BlockStatus,
  LessonEvent,
  LessonStatus,
  Outcome,
  PredictionResult,
  RunEvent,
  StepStatus,
  WriterReport,
} from './events.ts';

export interface RunView {
  readonly lessons: readonly LessonView[];
}

export interface LessonView {
  readonly id: string;
  readonly title: string;
  readonly cluster: ClusterInfo;
  readonly status: LessonStatus | 'running';
  /** Blocks and answers that held, that did not, and blocks that were skipped. */
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly ms: number;
  /** Set while the cluster is brought into the state of a block. */
  readonly restoring?: { readonly done: number; readonly total: number };
  /** In the order in which they were first reached. */
  readonly steps: readonly StepView[];
}

export interface StepView {
  readonly id: string;
  readonly title: string;
  readonly number: number;
  readonly status: StepStatus | 'running';
  readonly blocks: readonly BlockView[];
}

/** A block as its last attempt left it. */
export interface BlockView {
  readonly id: string;
  readonly kind: 'sql' | 'shell';
  readonly text: string;
  readonly place: Place;
  /** Its place among the blocks of the lesson, from 1. */
  readonly number: number;
  readonly answer?: AnswerKind;
  /** `reached`: it has not run. `stale`: the state in which it ran is no longer that of the cluster. */
  readonly status: BlockStatus | 'reached' | 'running' | 'stale';
  readonly attempt: number;
  readonly output: readonly Output[];
  readonly outcomes: readonly Outcome[];
  readonly prediction?: PredictionResult;
  readonly reason?: string;
}

export type Output =
  | { readonly kind: 'notice'; readonly notice: Notice }
  | { readonly kind: 'result'; readonly result: Extract<LessonEvent, { type: 'statement-finished' }> }
  | {
      readonly kind: 'error';
      readonly failure: SqlFailure;
      readonly sql: string;
      readonly expected: boolean;
    }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'writer'; readonly report: WriterReport };

type EventOf<T extends LessonEvent['type']> = Extract<RunEvent, { type: T }>;

export const emptyRun: RunView = { lessons: [] };

export function reduce(run: RunView, event: RunEvent): RunView {
  switch (event.type) {
    case 'run-started':
    case 'run-finished':
    case 'prose':
      return run;
    case 'lesson-started': {
      const { lesson: id, title, cluster } = event;
      const counts = { passed: 0, failed: 0, skipped: 0, ms: 0 };
      return { lessons: [...run.lessons, { id, title, cluster, status: 'running', ...counts, steps: [] }] };
    }
    default: {
      const lesson = run.lessons.at(-1);
      return lesson === undefined ? run : { lessons: run.lessons.with(-1, inLesson(lesson, event)) };
    }
  }
}

function inLesson(lesson: LessonView, event: RunEvent): LessonView {
  switch (event.type) {
    case 'lesson-finished':
      return { ...settled(withoutRunning(lesson)), status: event.status, ms: event.ms };
    case 'cluster-reset':
      return lesson;
    case 'restoring':
      return { ...lesson, restoring: { done: event.done, total: event.total } };
    case 'restore-failed':
      return settled(lesson);
    case 'restored': {
      const there = changeBlock(settled(lesson), event);
      return event.by === 'replay' ? staleFrom(there, event.block) : there;
    }
    case 'step-started':
      return openStep(lesson, event);
    case 'step-finished':
      return changeStep(lesson, event.step, (step) => ({ ...step, status: event.status }));
    case 'answer-tried':
      return count(lesson, event.passed ? 'passed' : 'failed');
    case 'block-finished':
      return count(changeBlock(lesson, event), event.status);
    default:
      return changeBlock(lesson, event);
  }
}

/** A block that the end of its lesson cut off has failed. */
function withoutRunning(lesson: LessonView): LessonView {
  const end = (block: BlockView): BlockView =>
    block.status === 'running' ? { ...block, status: 'failed' } : block;
  return { ...lesson, steps: lesson.steps.map((step) => ({ ...step, blocks: step.blocks.map(end) })) };
}

function settled({ restoring: _, ...lesson }: LessonView): LessonView {
  return lesson;
}

function count(lesson: LessonView, status: BlockStatus): LessonView {
  return status === 'cancelled' ? lesson : { ...lesson, [status]: lesson[status] + 1 };
}

function openStep(lesson: LessonView, { step: id, title, number }: EventOf<'step-started'>): LessonView {
  if (!lesson.steps.some((step) => step.id === id)) {
    return { ...lesson, steps: [...lesson.steps, { id, title, number, status: 'running', blocks: [] }] };
  }
  return changeStep(lesson, id, (step) => ({ ...step, status: 'running' }));
}

function changeStep(
  lesson: LessonView,
  id: string | undefined,
  change: (step: StepView) => StepView,
): LessonView {
  const at = lesson.steps.findLastIndex((step) => step.id === id);
  return at === -1 ? lesson : { ...lesson, steps: lesson.steps.with(at, change(lesson.steps[at]!)) };
}

function changeBlock(lesson: LessonView, event: RunEvent): LessonView {
  const { step: inStep, block: id } = event;
  if (id === undefined) return lesson;
  return changeStep(lesson, inStep, (step) => {
    const at = step.blocks.findLastIndex((block) => block.id === id);
    if (at === -1) {
      if (event.type !== 'block-reached') return step;
      const { kind, text, place, number, answer } = event;
      const fresh: BlockView = {
        id,
        kind,
        text,
        place,
        number,
        status: event.hasRun ? 'passed' : 'reached',
        attempt: 0,
        output: [],
        outcomes: [],
      };
      return { ...step, blocks: [...step.blocks, { ...fresh, ...(answer && { answer }) }] };
    }
    return { ...step, blocks: step.blocks.with(at, inBlock(step.blocks[at]!, event)) };
  });
}

function inBlock(block: BlockView, event: RunEvent): BlockView {
  const output = outputOf(event);
  if (output) return { ...block, output: [...block.output, output] };
  switch (event.type) {
    case 'block-started': {
      const { text, answer, attempt = 0, continues } = event;
      const { reason: _, prediction: __, ...rest } = block;
      if (continues && block.answer === 'learner') {
        return { ...rest, text: `${block.text}\n${text}`, attempt, status: 'running' };
      }
      return {
        ...rest,
        text,
        attempt,
        status: 'running',
        output: [],
        outcomes: [],
        ...(answer && { answer }),
      };
    }
    case 'restored':
      return block.answer === 'learner' ? { ...block, answer: 'start' } : block; // the next answer is another
    case 'exercise-checked':
      return { ...block, status: 'reached', outcomes: event.outcomes };
    case 'block-finished': {
      const { status, outcomes, prediction, reason } = event;
      return {
        ...block,
        status,
        outcomes,
        ...(prediction && { prediction }),
        ...(reason !== undefined && { reason }),
      };
    }
    default:
      return block;
  }
}

/** What an event prints, where it does. */
export function outputOf(event: LessonEvent): Output | undefined {
  switch (event.type) {
    case 'notice':
      return { kind: 'notice', notice: event.notice };
    case 'statement-finished':
      return { kind: 'result', result: event };
    case 'statement-failed':
      return { kind: 'error', failure: event.failure, sql: event.sql, expected: event.expected };
    case 'shell-output':
      return { kind: 'text', text: event.text };
    case 'writer-stopped':
      return { kind: 'writer', report: event };
    default:
      return undefined;
  }
}

/** What stands later in the text ran in a state that is gone. */
function staleFrom(lesson: LessonView, id: string | undefined): LessonView {
  const target = lesson.steps.flatMap(({ blocks }) => blocks).find((block) => block.id === id);
  if (target === undefined) return lesson;
  const hasRun = ({ status }: BlockView) => status !== 'reached' && status !== 'skipped';
  const ofBlock = (block: BlockView): BlockView =>
    block.number >= target.number && hasRun(block) ? { ...block, status: 'stale' } : block;
  return { ...lesson, steps: lesson.steps.map((step) => ({ ...step, blocks: step.blocks.map(ofBlock) })) };
}
