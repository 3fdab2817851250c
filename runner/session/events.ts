// What happens in a run, in order. Reporters, the progress file and the JSON lines all read these and nothing else.
import type { ClusterInfo } from '../cluster/info.ts';
import type { Notice, Row, SqlFailure } from '../connect/connection.ts';
import type { Captured } from '../lesson/captures.ts';
import type { ResultDifference } from '../lesson/result.ts';
import type { Place } from '../lesson/types.ts';

/** `left`: some of it was not done; `interrupted`: a signal came; `lost`: the cluster went away. */
/** `partial`: what ran has passed, but most blocks did not run. */
export type LessonStatus = 'passed' | 'partial' | 'failed' | 'skipped' | 'left' | 'interrupted' | 'lost';

export type StepStatus = 'passed' | 'failed' | 'skipped';

/** `cancelled`: it was stopped alone, and the session continues. */
export type BlockStatus = 'passed' | 'failed' | 'skipped' | 'cancelled';

/** Which text of an exercise runs: what the learner wrote, or one of the author's. */
export type AnswerKind = 'start' | 'solution' | 'wrong' | 'learner';

/** One expectation after it was looked at. */
export type Outcome = PassedOutcome | FailedOutcome;

export interface PassedOutcome {
  readonly status: 'passed';
  /** What was expected of what: `rows of sensor_data`. */
  readonly title: string;
  readonly place: Place;
  /** What is true: `1,000 rows in sensor_data`. */
  readonly claim: string;
}

export interface FailedOutcome {
  readonly status: 'failed';
  /** What was expected of what: `rows of sensor_data`. */
  readonly title: string;
  readonly place: Place;
  readonly expected: string;
  readonly actual: string;
  /** The author's word to the learner. */
  readonly say?: string;
  /** A statement that shows more. */
  readonly look?: string;
  readonly difference?: ResultDifference;
  /** Set where a recorded state expected it. */
  readonly isRecorded?: true;
  /** Set where the block ended by it, and could not meet what else is expected of it. */
  readonly isCause?: true;
  /** The SQL error by which the block ended. */
  readonly failure?: SqlFailure;
}

/** A failed expectation, as far as another answer can be compared with it. */
export interface FailedCheck extends Pick<FailedOutcome, 'title' | 'actual'> {
  /** What a result has in the place of the rows that were expected: the first rows, a line each. */
  readonly rows?: string;
}

export interface PredictionResult {
  readonly question: string;
  /** What the learner guessed; absent where nobody did. */
  readonly guess?: string;
  readonly answer: string;
}

/** What a background block has written. */
export interface WriterReport {
  readonly name: string;
  readonly acknowledged: number;
  /** Writes that failed, or of which nobody knows what became. */
  readonly refused: number;
  /** From the start of the first write that was refused to the first that succeeded after the last such, in milliseconds. */
  readonly outageMs: number;
  /** What the failures said, each once, the first ones. */
  readonly errors: readonly string[];
}

/** A change of the database that nothing noticed. */
export interface Survivor {
  /** Of the block after whose statements it was made. */
  readonly place: Place;
  /** What was changed: `an index of readings is dropped: …`. */
  readonly what: string;
}

/** Changes when an event loses a member, or a member its meaning; new events and members may come without. */
export const eventFormat = 1;

/** An event, and what it belongs to. */
export type RunEvent = Envelope & LessonEvent;

export interface Envelope {
  /** From 1, without a gap. */
  readonly seq: number;
  readonly lesson?: string;
  /** The id of the step. */
  readonly step?: string;
  /** The id of the block. */
  readonly block?: string;
  /** Which run of the block in this session it is, from 1. */
  readonly attempt?: number;
}

export type LessonEvent =
  | {
      /** The first event of a run. */
      readonly type: 'run-started';
      readonly format: typeof eventFormat;
      /** Of this program. */
      readonly version: string;
    }
  | {
      readonly type: 'lesson-started';
      readonly lesson: string;
      readonly title: string;
      readonly place: Place;
      readonly steps: number;
      readonly minutes?: number;
      readonly cluster: ClusterInfo;
    }
  | { readonly type: 'cluster-reset'; readonly ms: number }
  | { readonly type: 'prose'; readonly markdown: string }
  | {
      readonly type: 'step-started';
      readonly step: string;
      readonly title: string;
      readonly number: number;
      readonly place: Place;
    }
  | {
      /** The lesson has come to this block; it has not run. */
      readonly type: 'block-reached';
      readonly kind: 'sql' | 'shell';
      readonly text: string;
      readonly place: Place;
      /** Its place among the blocks of the lesson, from 1. */
      readonly number: number;
      readonly name?: string;
      /** The node and the named session, where the block names them. */
      readonly node?: string;
      readonly session?: string;
      /** Set for a background block: how often it writes. */
      readonly everyMs?: number;
      /** Set for an exercise. */
      readonly answer?: AnswerKind;
      /** It has run already, silently, on the way to the block that was gone to. */
      readonly hasRun?: true;
      /** What is asked before the block runs. */
      readonly question?: string;
      readonly choices?: readonly string[];
    }
  | {
      readonly type: 'block-started';
      /** What runs. */
      readonly text: string;
      /** One more statement of the work at an exercise: what ran before belongs to the same answer. */
      readonly continues?: true;
      /** Set for an exercise. */
      readonly answer?: AnswerKind;
    }
  | {
      /** The cluster is brought into the state in which a block starts; told where that takes long. */
      readonly type: 'restoring';
      /** How many blocks have run again, and how many there are. */
      readonly done: number;
      readonly total: number;
    }
  | {
      readonly type: 'restored';
      /** `nothing`: the cluster was in that state. `forward`: blocks ran that had not run yet. `replay`: from a clean state. */
      readonly by: 'nothing' | 'forward' | 'replay';
      readonly ms: number;
    }
  | {
      /** A block that must run again on the way failed; no outcomes where the restore was cancelled. */
      readonly type: 'restore-failed';
      readonly place: Place;
      readonly outcomes: readonly Outcome[];
      readonly ms: number;
    }
  | { readonly type: 'notice'; readonly notice: Notice }
  | {
      readonly type: 'statement-finished';
      readonly sql: string;
      readonly place: Place;
      readonly command: string;
      readonly columns: readonly string[];
      /** The positions of the columns of numbers. */
      readonly numeric?: readonly number[];
      /** The first rows, 50 at most where nobody asked for more; `rowCount` counts all. */
      readonly rows: readonly Row[];
      readonly rowCount: number;
      readonly ms: number;
    }
  | {
      readonly type: 'statement-failed';
      readonly sql: string;
      readonly place: Place;
      readonly failure: SqlFailure;
      /** Whether the lesson said that it would. */
      readonly expected: boolean;
      readonly ms: number;
    }
  | { readonly type: 'shell-output'; readonly text: string }
  | ({
      /** A background block has ended. */
      readonly type: 'writer-stopped';
    } & WriterReport)
  | {
      readonly type: 'block-finished';
      readonly status: BlockStatus;
      readonly place: Place;
      readonly outcomes: readonly Outcome[];
      /** Why it was skipped. */
      readonly reason?: string;
      /** What was asked before it ran, where it passed. */
      readonly prediction?: PredictionResult;
      /** What it captured, by name, where it passed. */
      readonly captured?: Captured;
      readonly attempts: number;
      readonly ms: number;
    }
  | {
      /** The checks of an exercise after a statement of the learner: it is not solved yet. */
      readonly type: 'exercise-checked';
      readonly place: Place;
      /** None while a transaction is open: the checks see only what is committed. */
      readonly outcomes: readonly Outcome[];
      readonly inTransaction: boolean;
    }
  | {
      readonly type: 'step-finished';
      readonly step: string;
      readonly status: StepStatus;
      readonly ms: number;
    }
  | {
      /** One answer of an exercise, and whether it did what it should (`lesson check`). */
      readonly type: 'answer-tried';
      readonly step: string;
      readonly answer: AnswerKind;
      readonly place: Place;
      readonly should: 'pass' | 'fail';
      /** The wrong answer that ran before, and must have left nothing. */
      readonly after?: Place;
      readonly passed: boolean;
      /** What was seen, in a sentence. */
      readonly seen: string;
      /** What failed. */
      readonly failed: readonly FailedCheck[];
      readonly ms: number;
    }
  | {
      readonly type: 'lesson-finished';
      readonly lesson: string;
      readonly status: LessonStatus;
      /** How many of its blocks ran. */
      readonly ran: number;
      readonly blocks: number;
      readonly ms: number;
    }
  | {
      /** After a lesson that passed: how many changes behind its back something in it noticed (`lesson check --mutate`). */
      readonly type: 'mutations-tried';
      readonly place: Place;
      readonly tried: number;
      readonly noticed: number;
      readonly survivors: readonly Survivor[];
      readonly ms: number;
    }
  | {
      /** The last event of a run. */
      readonly type: 'run-finished';
      readonly lessons: Readonly<Record<LessonStatus, number>>;
      readonly ms: number;
    };
