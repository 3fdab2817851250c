// A lesson as data: what `parse` makes of a markdown file, and all that the rest of the program knows of it.
import type { CheckRule } from './check-values.ts';
import type { YamlNode } from './yaml-node.ts';

/** Where something stands: the file as the user named it, and the line, from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
}

export interface Lesson {
  /** The file name without `.md`: `03-distribution`. */
  readonly id: string;
  readonly place: Place;
  readonly title: string;
  readonly minutes?: number;
  /** The SQL files that are applied before the lesson, in order. */
  readonly init: readonly SetupFile[];
  /** How many workers the lesson needs, where it says so. */
  readonly workers?: WorkersNeeded;
  /** What exercises are worth to a grader, where the lesson says so. */
  readonly points?: Points;
  /** Markdown before the first step. */
  readonly intro: string;
  readonly steps: readonly Step[];
}

export interface SetupFile {
  /** As the lesson names it: a path from its folder, or `init.sql` for the one that ships. */
  readonly name: string;
  readonly place: Place;
  /** What it says, and how the user would name it; absent until it is read, and for the one that ships. */
  readonly source?: { readonly file: string; readonly text: string };
}

/** By the id of the step of an exercise. */
export type Points = Readonly<Record<string, PointRule>>;

export interface PointRule {
  /** Where it stands, from 1. */
  readonly line: number;
  /** For the whole exercise, or for each kind of check: `rows`, `result`, `state`. */
  readonly worth: number | Readonly<Record<string, number>>;
}

export interface Step {
  /** The slug that a code host gives the heading; unique in the lesson. */
  readonly id: string;
  readonly title: string;
  readonly place: Place;
  readonly parts: readonly Part[];
  /** What not every kind of cluster can give it. */
  readonly needs: readonly Need[];
}

/** At least so many, or so many and no more. */
export interface WorkersNeeded {
  readonly count: number;
  readonly exactly: boolean;
}

/**
 * `own servers`: it stops, adds or promotes one. `port 5432`: it names the port of a server. `sessions on workers`: a block
 * runs on one.
 */
export type Need = 'own servers' | 'port 5432' | 'sessions on workers';

export type Part = Prose | Block;

/** Markdown that is shown, fences that are not run included. */
export interface Prose {
  readonly kind: 'prose';
  readonly markdown: string;
  readonly place: Place;
}

/** Real Citus, or the one that comes with `lesson`. */
export type EngineKind = 'citus' | 'built-in';

export type Block = SqlBlock | ShellBlock;

interface BlockBase {
  /**
   * Unique in the lesson, and the same while the text around it changes little: the step's id, then the block's name or
   * its number in the step: `spread-the-rows/2`.
   */
  readonly id: string;
  /** The place of the opening fence; the text starts on the next line. */
  readonly place: Place;
  readonly name?: string;
  readonly text: string;
  /** Deadline for one attempt, in milliseconds. */
  readonly timeoutMs: number;
  /** Runs again every 100 ms until its expectations hold, for so many milliseconds. */
  readonly retryMs?: number;
  /** The only engine on which the block makes sense. */
  readonly engine?: EngineKind;
  /** The background block that ends when this one has run. */
  readonly stop?: string;
  readonly expectations: readonly Expectation[];
  /** What the learner guesses before the block runs. */
  readonly prediction?: Prediction;
  /** Set where the state after the block is held against the recorded one. */
  readonly state?: StateRule;
  /** Set where the learner writes this block; `text` is then the starting point. */
  readonly exercise?: Exercise;
}

export interface StateRule {
  /** What may differ: a table, a column or part of one, a part of all. */
  readonly except: readonly string[];
}

export interface SqlBlock extends BlockBase {
  readonly kind: 'sql';
  /** A node's name; `coordinator` unless the block says otherwise. */
  readonly node: string;
  /** The named session (`as=`) it runs in. */
  readonly session?: string;
  /** The names under which the columns of its last result, which has one row, are kept for what stands below. */
  readonly captures?: readonly string[];
  /**
   * Set for a background block: its INSERT runs again and again, so often, with the next number as `$1`, until a block
   * stops it or its step ends.
   */
  readonly everyMs?: number;
}

export interface ShellBlock extends BlockBase {
  readonly kind: 'shell';
  /** The exit code it must have; 0 unless the block says otherwise. */
  readonly exit: number;
}

export interface Prediction {
  readonly question: string;
  /** One of these is right; absent where the learner types a value. */
  readonly choices?: readonly string[];
  /** What is right; absent where it is the only value of the block's last result. */
  readonly answer?: string;
  readonly place: Place;
}

export interface Exercise {
  readonly hints: readonly Hint[];
  readonly solutions: readonly Answer[];
  readonly wrongAnswers: readonly Answer[];
}

export interface Hint {
  readonly markdown: string;
  readonly place: Place;
}

export interface Answer {
  readonly text: string;
  readonly place: Place;
}

export type Expectation = (
  | ResultExpectation
  | ErrorExpectation
  | OutputExpectation
  | ChecksExpectation
  | OtherDataExpectation
) & {
  /** The only engine on which it counts. */
  readonly engine?: EngineKind;
};

/** The rows that a statement must return. */
export interface ResultExpectation {
  readonly kind: 'result';
  readonly place: Place;
  readonly columns: readonly string[];
  readonly rows: readonly ExpectedRow[];
  /** Whether a last row `...` stands for rows that are not listed. */
  readonly open: boolean;
  /** The n of `(n rows)`, where it stands. */
  readonly rowCount?: number;
}

export interface ExpectedRow {
  /**
   * Cells as text, trimmed, in the order of the columns; `*` matches anything, NULL too; an empty cell is NULL or the
   * empty string. A value that is `*` or `...` has a backslash before it, here and in the lesson: `\*`.
   */
  readonly cells: readonly string[];
  readonly place: Place;
}

/** The block must fail: with this SQLSTATE (or class, two characters), with this in its message. */
export interface ErrorExpectation {
  readonly kind: 'error';
  readonly place: Place;
  readonly sqlstate?: string;
  readonly message?: string;
}

/** What a shell block must print; a line `...` matches any lines, also none; `\...` is a line of three dots. */
export interface OutputExpectation {
  readonly kind: 'output';
  readonly place: Place;
  readonly lines: readonly string[];
}

/** One `check` fence: what must be true of the cluster now. */
export interface ChecksExpectation {
  readonly kind: 'checks';
  readonly place: Place;
  readonly checks: readonly Check[];
}

/** The answer to an exercise must return what the first solution returns also after these statements. */
export interface OtherDataExpectation {
  readonly kind: 'other-data';
  readonly place: Place;
  readonly text: string;
}

/** What must be true, by its name in `check-values.ts`. */
export type Check = CheckRule & {
  readonly place: Place;
  /** What is true when it holds, in a sentence without its period; of a `true` check only. */
  readonly claim?: string;
  /** What a learner reads when it fails. */
  readonly say?: string;
  /** The value with its captured values by name; `is` then has a placeholder for each. */
  readonly written?: YamlNode;
  /** The check may take so long to become true, in milliseconds. */
  readonly eventuallyMs?: number;
};
