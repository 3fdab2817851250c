// What the blocks of lessons answered in a run, gathered from its events.

import type { Engine } from '../cluster/port.ts';
import type { Row } from '../connect/connection.ts';
import type { Captured } from '../lesson/captures.ts';
import type { FailedOutcome, LessonStatus, RunEvent } from '../session/events.ts';

export interface ResultAnswer {
  readonly sql: string;
  readonly columns: readonly string[];
  /** The positions of those whose type is one of numbers. */
  readonly numeric?: readonly number[];
  /** The first ones, where there are very many. */
  readonly rows: readonly Row[];
  readonly rowCount: number;
}

export interface BlockAnswer {
  /** Of each statement that returned columns. */
  readonly results: readonly ResultAnswer[];
  readonly output: string;
  /** On which the block ran; some expectations count on one only. */
  readonly engine?: Engine['kind'];
  /** By the blocks before it. */
  readonly captured?: Captured;
  /** What did not hold. */
  readonly failed: readonly FailedOutcome[];
  /** Why it did not run. */
  readonly skipped?: string;
}

/** Each lesson is meant by its file, as the lesson names it. */
export interface Answers {
  readonly listen: (event: RunEvent) => void;
  /** Undefined for a block that was not reached. */
  readonly of: (file: string, block: string) => BlockAnswer | undefined;
  readonly all: (file: string) => readonly BlockAnswer[];
  readonly hasFailed: (file: string) => boolean;
}

interface LessonAnswers {
  readonly blocks: Map<string, BlockAnswer>;
  engine?: Engine['kind'];
  captured?: Captured;
  status?: LessonStatus;
  /** What was said last of the lesson as a whole. */
  notice?: string;
}

export function gatherAnswers(): Answers {
  const lessons = new Map<string, LessonAnswers>();
  let lesson: LessonAnswers = { blocks: new Map() };
  let results: ResultAnswer[] = [];
  let output = '';
  return {
    listen(event) {
      switch (event.type) {
        case 'lesson-started':
          lesson = { blocks: new Map(), engine: event.cluster.engine.kind };
          lessons.set(event.place.file, lesson);
          break;
        case 'block-started':
          results = [];
          output = '';
          break;
        case 'statement-finished':
          if (event.columns.length > 0) results.push(event);
          break;
        case 'shell-output':
          output += event.text;
          break;
        case 'block-finished': {
          const failed = event.outcomes.filter((outcome) => outcome.status === 'failed');
          const skipped = event.status === 'skipped' ? { skipped: event.reason ?? '' } : {};
          const { captured = {}, engine } = lesson;
          const on = engine === undefined ? {} : { engine };
          lesson.blocks.set(event.block!, { results, output, ...on, captured, failed, ...skipped });
          lesson.captured = { ...captured, ...event.captured };
          break;
        }
        case 'notice':
          lesson.notice = event.notice.message;
          break;
        case 'lesson-finished':
          lesson.status = event.status;
      }
    },
    of(file, block) {
      const { blocks, status, notice = '' } = lessons.get(file) ?? {};
      const answer = blocks?.get(block);
      if (answer !== undefined || status !== 'skipped') return answer;
      return { results: [], output: '', failed: [], skipped: notice };
    },
    all: (file) => [...(lessons.get(file)?.blocks.values() ?? [])],
    hasFailed: (file) => lessons.get(file)?.status === 'failed',
  };
}

/** Whether all that did not hold can be filled in. */
export const isFilled = (answer: BlockAnswer | undefined): boolean =>
  answer?.failed.every(isFillable) ?? false;

/** Whether what did not hold can be written anew: the answer is another one, and there is an answer. */
export const isFillable = ({ title, difference, failure }: FailedOutcome): boolean =>
  difference !== undefined || title === 'output' || (title === 'error' && failure !== undefined);
