// A reporter makes text of events; what it is told besides.
import type { LessonEvent } from '../session/events.ts';
import type { Style } from './style.ts';

export type Reporter = LineReporter | DocumentReporter;

/** The text to add for this event; empty for none. */
export type LineReporter = (event: LessonEvent) => string;

/** For text with an end, such as XML: it is whole at any time, and written anew when it has changed. */
export interface DocumentReporter {
  /** Returns whether this is the time to write it. */
  readonly note: (event: LessonEvent) => boolean;
  readonly text: () => string;
}

export interface ReporterOptions {
  readonly style: Style;
  /** Columns of the terminal; asked for each event, since a terminal can be resized. */
  readonly width: number;
  /** A learner decides. */
  readonly isAttended: boolean;
  /** Its lines, where somebody sits before it: longer results are cut. */
  readonly height?: number | undefined;
  /** The terminal makes links of what OSC 8 says. */
  readonly hyperlinks?: boolean;
  /** Colors for SQL. */
  readonly highlight?: (sql: string) => string;
  /** For screen readers and logs: nothing is drawn, and no line is broken. */
  readonly plain: boolean;
  /** What a person types to call this program: `lesson`, `npx lesson`. */
  readonly command: string;
  /** Files of lessons are named as from `cwd`; `root` is the folder of the repository. */
  readonly cwd: string;
  readonly root: string;
  /** `walk`: prose, statements and results; `summary`: a line a step, and all of what failed. */
  readonly detail: 'walk' | 'summary';
}
