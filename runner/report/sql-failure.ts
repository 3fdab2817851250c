// An SQL error for people: as psql prints it, and why, where it is one that learners of Citus often meet.
import type { SqlFailure } from '../connect/connection.ts';
import { explainError, lessonToRead } from '../lesson/explain-error.ts';
import { errorPosition } from './error-position.ts';
import { renderMarkdown } from './markdown.ts';
import { printable, type Style } from './style.ts';

export interface ShownStatement {
  /** The text that failed. */
  readonly sql: string;
  /** Columns of the terminal. */
  readonly width: number;
}

/** `ERROR:`, the place of the error with a caret, `DETAIL:`, `HINT:` and `CONTEXT:`. */
export function sqlFailureLines(
  { sqlstate, message, detail, hint, context, position }: SqlFailure,
  { sql, width }: ShownStatement,
): string[] {
  const own = context && outsideOfEngine(context);
  return [
    `ERROR: ${sqlstate}: ${message}`,
    ...errorPosition(sql, position, width),
    ...(detail === undefined ? [] : [`DETAIL: ${detail}`]),
    ...(hint === undefined ? [] : [`HINT: ${hint}`]),
    ...(own ? [`CONTEXT: ${own}`] : []),
  ].flatMap((text) => printable(text).split('\n'));
}

/**
 * The context of an error is a line a call, the innermost first. What goes is the inside of the built-in engine, and the
 * function of Citus that called it.
 */
function outsideOfEngine(context: string): string {
  const lines = context.split('\n');
  const first = lines.findLastIndex((line) => line.includes('citus_internal.')) + 1;
  const isCaller = first > 0 && /^(PL\/pgSQL|SQL) function /.test(lines[first] ?? '');
  return lines.slice(isCaller ? first + 1 : first).join('\n');
}

export interface ExplanationOptions {
  readonly style: Style;
  readonly width: number;
  /** The id of the lesson that runs. */
  readonly lesson: string;
  readonly sql?: string;
}

/** Why, and the lesson that says more; no line for an error that explains itself. */
export function explanationLines(
  failure: SqlFailure,
  { style, width, lesson, sql }: ExplanationOptions,
): string[] {
  const explanation = explainError(failure, sql === undefined ? {} : { sql });
  if (explanation === undefined) return [];
  const more = lessonToRead(explanation, lesson);
  const text = more === undefined ? explanation.sentence : `${explanation.sentence} See lesson ${more}.`;
  return renderMarkdown(text, { style, width: width - 2 })
    .split('\n')
    .map((line, at) => `${at === 0 ? style('cyan', '→') : ' '} ${line}`);
}
