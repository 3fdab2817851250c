// What the learner's client works with, besides the session.
import type { Cluster } from '../cluster/port.ts';
import type { Invocation } from '../invocation.ts';
import type { Style } from '../report/style.ts';
import type { Request } from '../session/operation.ts';
import type { PlannedBlock, PlannedStep } from '../session/plan.ts';
import type { AnswerFile } from '../store/answer-files.ts';
import type { RecordedMistake } from '../store/recorded-mistakes.ts';
import type { LastResults } from './last-results.ts';
import type { Notes } from './notes.ts';

export interface Desk {
  readonly invocation: Invocation;
  readonly style: Style;
  /** No line is ever erased: for screen readers and logs. */
  readonly isPlain: boolean;
  readonly cluster: Cluster;
  readonly notes: Notes;
  /** The last statement that reads or writes rows. */
  readonly lastQuery: LastResults['lastQuery'];
  /** Of the block that ran last. */
  readonly results: LastResults['results'];
  /** What failed when the checks of an exercise were looked at last. */
  readonly failed: LastResults['failed'];
  /** How the wrong answers of the lesson fail, where that was recorded. */
  readonly mistakes: readonly RecordedMistake[];
  /** What was typed at this exercise, the newest first; it grows. */
  readonly typedAt: (exercise: PlannedBlock) => string[];
  readonly answerTo: (exercise: PlannedBlock) => AnswerFile;
  /** `exercises`: all else runs silently. */
  readonly only: 'all' | 'exercises';
  /** The block to begin at, where one was asked for. */
  readonly from?: string;
  /** The step of which the rest runs without a question. */
  rest?: PlannedStep | undefined;
}

/** What the learner wants next. */
export type Move =
  | { readonly do: 'next' | 'skip' | 'leave' }
  /** On with the block of this id, in the state in which it starts. */
  | { readonly do: 'go'; readonly block: string };

/** Resolves when the request is done, was cancelled with Ctrl-C, or came too late. */
export type RequestOf = (request: Request) => Promise<void>;
