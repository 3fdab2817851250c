// Runs the statements of one SQL block, each its own transaction unless the block says BEGIN.

import type { BlockResult } from '../../checks/check.ts';
import type { Connection, Row, StatementEnd } from '../../connect/connection.ts';
import { shorten } from '../../connect/limit.ts';
import { grouped } from '../../lesson/grouped.ts';
import type { SqlStatement } from '../../lesson/plain-sql.ts';
import { createResultMatcher, type ResultMatcher } from '../../lesson/result.ts';
import { splitSql } from '../../lesson/sql.ts';
import type { Place, ResultExpectation, SqlBlock } from '../../lesson/types.ts';
import type { LessonEvent } from '../events.ts';
import { runStatement } from './run-statement.ts';

/** How many rows of a result are shown at least, the first part of each cell; all are counted and compared. */
const usuallyShown = 50;
/** How much text of one statement is shown at most, in characters: of its rows, and of its notices. */
const shownText = 1_000_000;

export interface SqlRun {
  readonly statements: readonly SqlStatement[];
  /** Those of them that did what they say. */
  readonly done: readonly SqlStatement[];
  /** How the last statement that ran ended, where it did not go well. */
  readonly trouble?: { readonly end: Exclude<StatementEnd, { status: 'done' }>; readonly place: Place };
  /** Each statement that returned columns, with a matcher for every `result` of the block. */
  readonly results: readonly StatementResult[];
}

export interface StatementResult extends BlockResult {
  /** All of it, however long its cells are. */
  readonly firstRow: Row | undefined;
  readonly statement: SqlStatement;
  readonly matchers: readonly ResultMatcher[];
}

export interface SqlRunOptions {
  readonly connection: Connection;
  readonly expected: readonly ResultExpectation[];
  readonly errorExpected: boolean;
  /** How many rows of all results together may be shown, where a result has more than usual. */
  readonly shownRows?: number;
  readonly emit: (event: LessonEvent) => void;
  readonly signal: AbortSignal;
}

export async function runSql(
  block: Pick<SqlBlock, 'place' | 'timeoutMs'>,
  text: string,
  options: SqlRunOptions,
): Promise<SqlRun> {
  const { connection, expected, errorExpected, shownRows = 0, emit, signal } = options;
  const start: Place = { file: block.place.file, line: block.place.line + 1 };
  const statements = await splitSql(text, start);
  const results: StatementResult[] = [];
  const deadline = Date.now() + block.timeoutMs;
  let shownSoFar = 0;

  for (const [i, statement] of statements.entries()) {
    const sql = statement.text;
    const place = { file: start.file, line: start.line + statement.line };
    const rows: Row[] = [];
    let firstRow: Row | undefined;
    let textOfRows = 0;
    let textOfNotices = 0;
    let noticesLeftOut = 0;
    let matchers: readonly ResultMatcher[] | undefined;
    const match = (columns: readonly string[]) =>
      expected.map((expectation) =>
        createResultMatcher(expectation, columns, { ordered: statement.ordered }),
      );

    const end = await runStatement(connection, sql, {
      timeoutMs: Math.max(0, deadline - Date.now()),
      signal,
      onNotice(notice) {
        if (textOfNotices >= shownText) noticesLeftOut += 1;
        else emit({ type: 'notice', notice });
        textOfNotices += notice.message.length;
      },
      onRow: (row, columns) => {
        matchers ??= match(columns);
        firstRow ??= row;
        const hasRoom = rows.length < usuallyShown || shownSoFar < shownRows;
        if (hasRoom && textOfRows < shownText) {
          const shown = row.map((cell) => cell && shorten(cell));
          rows.push(shown);
          shownSoFar += 1;
          for (const cell of shown) textOfRows += cell?.length ?? 0;
        }
        for (const matcher of matchers) matcher.push(row);
      },
    });

    if (noticesLeftOut > 0) {
      const what = noticesLeftOut === 1 ? 'notice is' : 'notices are';
      const message = `${grouped(noticesLeftOut)} more ${what} not shown`;
      emit({ type: 'notice', notice: { severity: 'LESSON', message } });
    }
    if (end.status !== 'done') {
      if (end.status === 'failed') {
        emit({
          type: 'statement-failed',
          sql,
          place,
          failure: end.failure,
          expected: errorExpected,
          ms: end.ms,
        });
      }
      return { statements, done: statements.slice(0, i), results, trouble: { end, place } };
    }
    const { command, columns, numeric = [], rowCount, ms } = end;
    emit({ type: 'statement-finished', sql, place, command, columns, numeric, rows, rowCount, ms });
    if (columns.length > 0) {
      results.push({ statement, columns, rows, rowCount, firstRow, matchers: matchers ?? match(columns) });
    }
  }
  return { statements, done: statements, results };
}
