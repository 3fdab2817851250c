// What is said of a statement that did not end well, as psql says it: with the line, and a caret below the position.
import type { Notice, SqlFailure, StatementEnd } from '../connect/connection.ts';
import { widthOf } from '../lesson/cell.ts';
import { printable } from '../report/style.ts';

export type BadEnd = Exclude<StatementEnd, { status: 'done' }>;

/** @param sql The statement as the server got it. */
export function formatBadEnd(sql: string, end: BadEnd): string {
  switch (end.status) {
    case 'failed':
      return formatFailure(sql, end.failure);
    case 'timed-out':
      return 'The statement took too long and was canceled.';
    case 'interrupted':
      return 'The statement was canceled.';
    case 'lost':
      return `The connection was lost: ${printable(end.message)}`;
  }
}

export function formatFailure(sql: string, failure: SqlFailure): string {
  const { message, detail, hint, context, position } = failure;
  const lines = [
    `ERROR:  ${message}`,
    ...(position === undefined ? [] : locate(sql, position)),
    ...(detail === undefined ? [] : [`DETAIL:  ${detail}`]),
    ...(hint === undefined ? [] : [`HINT:  ${hint}`]),
    ...(context === undefined ? [] : [`CONTEXT:  ${context}`]),
  ];
  return printable(lines.join('\n'));
}

export function formatNotice({ severity, message, detail, hint }: Notice): string {
  const more = [detail && `DETAIL:  ${detail}`, hint && `HINT:  ${hint}`];
  return printable([`${severity}:  ${message}`, ...more].filter(Boolean).join('\n'));
}

/** How much of a line is shown, and how much of it at least behind the caret, as libpq has them. */
const shownWidth = 60;
const widthBehind = 10;

/** The line of a position, and a caret below it. */
function locate(sql: string, position: number): readonly string[] {
  const characters = [...sql];
  const before = characters.slice(0, position - 1).join('');
  const number = before.split(/\r\n|\r|\n/).length;
  const from = [...before.slice(before.search(/[^\r\n]*$/))];
  const after = [
    ...characters
      .slice(position - 1)
      .join('')
      .split(/[\r\n]/, 1)[0]!,
  ];
  const line = [...from, ...after].map((character) => (character === '\t' ? ' ' : character));

  let start = Math.max(0, from.length - shownWidth);
  let end = Math.min(line.length, from.length + shownWidth);
  const width = () => widthOf(line.slice(start, end).join(''));
  while (width() > shownWidth && end > from.length + widthBehind) end -= 1;
  while (width() > shownWidth && start < from.length) start += 1;
  const head = `LINE ${number}: ${start > 0 ? '...' : ''}`;
  const shown = line.slice(start, end).join('');
  const indent = widthOf(head + line.slice(start, from.length).join(''));
  return [`${head}${shown}${end < line.length ? '...' : ''}`, `${' '.repeat(indent)}^`];
}
