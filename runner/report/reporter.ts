// A reporter makes text of events. This is the list of them, and what they are told besides.
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
  /** Columns of the terminal. */
  readonly width: number;
  /** `walk`: prose, statements and results; `summary`: a line a step, and all of what failed. */
  readonly detail: 'walk' | 'summary';
}

/** Loaded when asked for. To add one: its file, and a line here. */
const reporters = {
  terminal: async (options: ReporterOptions) => (await import('./terminal.ts')).terminalReporter(options),
  json: async () => (await import('./json.ts')).jsonReporter(),
  junit: async () => (await import('./junit.ts')).junitReporter(),
};

export type ReporterName = keyof typeof reporters;

export const reporterNames = Object.keys(reporters) as readonly ReporterName[];

export function createReporter(name: ReporterName, options: ReporterOptions): Promise<Reporter> {
  return reporters[name](options);
}
