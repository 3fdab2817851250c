// What goes into the pure part of a session, and what comes out of it.

import type { Captured } from '../lesson/captures.ts';
import type { AnswerKind, LessonEvent, Outcome, WriterReport } from './events.ts';
import type { Accepted, Plan, PlannedBlock } from './plan.ts';

/** What a client asks for. Blocks are named by their ids. */
export type Request =
  /** A clean cluster, and the text before the first step. */
  | {
      readonly do: 'start';
      /** The block to go on at: the cluster is brought into the state in which it starts, silently. */
      readonly from?: string;
      /** The exercises that were solved before. */
      readonly solved?: readonly string[];
      /** The lesson can be read while the cluster is reset: what needs the cluster waits for that. Not with `from`. */
      readonly readsAhead?: boolean;
    }
  /** Waits for the reset beside which the lesson is read. */
  | { readonly do: 'prepare' }
  /** On to the next block that can run, or to the end of the lesson. Nothing runs. */
  | { readonly do: 'next' }
  /** Runs a block, in whatever state the cluster is: the one that was reached last unless another is named. */
  | {
      readonly do: 'run';
      readonly block?: string;
      /** In the place of the block's own text: what the learner wrote. */
      readonly answer?: string;
      /** What the learner expects, where the block asks. */
      readonly guess?: string;
    }
  /**
   * Runs one more statement of the learner at the exercise that was reached, and looks at its checks: it is solved as soon
   * as all pass. An empty text looks only.
   */
  | { readonly do: 'work'; readonly text: string }
  /** Somebody changed the cluster outside of the session: nothing but a reset leads back to a known state. */
  | { readonly do: 'disturb' }
  /** Runs an answer to an exercise and tells only whether it does what it should. Restores the cluster first. */
  | { readonly do: 'try'; readonly block: string; readonly trial: Trial }
  /** Stops the block that runs; it alone. */
  | { readonly do: 'cancel' }
  /**
   * Brings the cluster into the state in which this block starts; the session continues from there.
   * `again`: that state will be asked for more often, whatever block it is.
   */
  | { readonly do: 'restore'; readonly block: string; readonly again?: boolean }
  /** The lesson has another text now. What has run remains; a `restore` has to follow. */
  | { readonly do: 'revise'; readonly plan: Plan }
  /** The rest of the step that was reached. */
  | { readonly do: 'skip' }
  /** The lesson ends here: as failed, where the last block failed. */
  | { readonly do: 'leave' };

export interface Trial {
  readonly answer: AnswerKind;
  readonly text: string;
  readonly place: PlannedBlock['block']['place'];
  readonly should: 'pass' | 'fail';
  /** The wrong answer that ran before. */
  readonly after?: PlannedBlock['block']['place'];
}

/** What came of an effect, or from outside. */
export type Completion =
  /** `restored`: so many blocks of the path of the effect need not run, because a checkpoint had what they do, and captured. */
  | { readonly done: 'reset'; readonly ms: number; readonly restored?: number; readonly captured?: Captured }
  | { readonly done: 'run'; readonly end: AttemptEnd }
  | { readonly done: 'stop-writers'; readonly reports: readonly WriterReport[] }
  /** A signal came: nothing new begins. */
  | { readonly done: 'interrupt' }
  /** An effect failed: with the cluster, or in a way that a sentence tells. */
  | { readonly done: 'failure'; readonly status: 'lost' | 'failed'; readonly event: LessonEvent };

export interface AttemptEnd {
  readonly outcomes: readonly Outcome[];
  /** The server or the network ended the session, and the lesson did not expect it. */
  readonly lost: boolean;
  readonly cancelled: boolean;
  /** A background block that is still writing. */
  readonly isWriting: boolean;
  /** Whether it may have left a trace in the cluster or in its session. */
  readonly changed: boolean;
  /** Whether each statement did what it says; an error is none also where the lesson expects it. */
  readonly ranThrough: boolean;
  /** The session of the block has a transaction open, or one that has failed. */
  readonly inTransaction: boolean;
  /** The only value of its last result. */
  readonly value?: string;
  /** What it captured of it. */
  readonly captured?: Captured;
}

/** With the time at which it came, in milliseconds from any fixed moment. */
export type Operation = (Request | Completion) & { readonly at: number };

export type Effect =
  /** `block` and `attempt` are those of the envelope. */
  | {
      readonly do: 'publish';
      readonly event: LessonEvent;
      readonly block?: PlannedBlock;
      readonly step?: string;
      readonly attempt?: number;
    }
  /** Background blocks, sessions and databases: all as at the start of a lesson, or further on this path. */
  | { readonly do: 'reset'; readonly path?: readonly Accepted[] }
  /**
   * The state that this path has led to will be needed again. It takes a moment; what comes next waits for it.
   * `insteadOf`: only where that of this longer path could not be kept.
   */
  | {
      readonly do: 'keep-checkpoint';
      readonly path: readonly Accepted[];
      /** On this path. */
      readonly captured: Captured;
      readonly insteadOf?: readonly Accepted[];
    }
  | {
      readonly do: 'run';
      readonly block: PlannedBlock;
      readonly text: string;
      /** By the blocks above. */
      readonly captured: Captured;
      readonly attempt: number;
      readonly afterMs: number;
      /** What it prints: published at once, kept until it is known whether it is the last attempt, or dropped. */
      readonly output: 'publish' | 'keep' | 'drop';
      /** Whether it is of use to know if it left a trace. */
      readonly watch: boolean;
      /** It runs silently for what it does: its results and checks are not verified. */
      readonly isReplay: boolean;
      /** Set for one statement of the work at an exercise: what ran before it. */
      readonly work?: readonly string[];
    }
  /** What was kept of the last attempt. */
  | { readonly do: 'publish-kept' | 'drop-kept' }
  | { readonly do: 'cancel' }
  | { readonly do: 'stop-writers' }
  /** The request cannot be done now. */
  | { readonly do: 'refuse'; readonly message: string };
