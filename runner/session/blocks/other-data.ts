// Whether an answer that has passed is right with other data, too: the author's statements change the data, the first
// solution says what is right then, and all of it is rolled back.
import type { Connection, Row, StatementEnd } from '../../connect/connection.ts';
import { query } from '../../connect/query.ts';
import type { SqlStatement } from '../../lesson/plain-sql.ts';
import { plural } from '../../lesson/plural.ts';
import { createResultMatcher, type ResultDifference } from '../../lesson/result.ts';
import { resultOf } from '../../lesson/result-of-rows.ts';
import { splitSql } from '../../lesson/sql.ts';
import type { OtherDataExpectation, SqlBlock } from '../../lesson/types.ts';
import type { FailedOutcome, Outcome } from '../events.ts';

const title = 'the result with other data';
const say = 'With other data the answer is wrong: it seems to be hard-coded.';

export interface Answer {
  /** The statement whose result was judged. */
  readonly statement: SqlStatement;
  /** The session in which it ran. */
  readonly connection: Connection;
  readonly signal: AbortSignal;
}

export async function tryOtherData(
  block: SqlBlock,
  otherData: OtherDataExpectation,
  { statement, connection, signal }: Answer,
): Promise<Outcome> {
  const { place } = otherData;
  const failed = (expected: string, actual: string, more: Partial<FailedOutcome> = {}): FailedOutcome => ({
    status: 'failed',
    title,
    place,
    expected,
    actual,
    ...more,
  });
  if (connection.inTransaction) return failed('no open transaction', 'the answer has left one open');
  const ask = (sql: string) => query(connection, sql, signal, block.timeoutMs);
  const read = (sql: string) => readAll(connection, sql, signal, block.timeoutMs);
  try {
    const [[path = ''] = []] = await ask('SHOW search_path');
    await ask('BEGIN READ WRITE');
    // As in checks; a temporary table hides nothing.
    await ask('SET LOCAL search_path = pg_catalog, public, pg_temp');
    for (const change of await splitSql(otherData.text, place)) {
      try {
        await ask(change.text);
      } catch (error) {
        const line = place.line + 1 + change.line;
        const what = `the statement of sql {other-data} in line ${line} failed`;
        return failed('no error', `${what}: ${(error as Error).message}`, { place: { ...place, line } });
      }
    }
    const solution = (await splitSql(block.exercise!.solutions[0]!.text, place)).at(-1)!;
    const right = await read(solution.text);
    if (changesNothing(block, right, solution)) {
      return failed('a result of the solution that is not the one shown', 'the result that is shown');
    }
    await ask(`SELECT set_config('search_path', '${path!.replaceAll("'", "''")}', true)`);
    const given = await read(statement.text);
    const ordered = solution.ordered && statement.ordered;
    const difference = compare(right, given, ordered, otherData);
    if (difference === undefined)
      return { status: 'passed', title, place, claim: 'right with other data, too' };
    return failed(plural(right.rows.length, 'row'), plural(given.rows.length, 'row'), { say, difference });
  } catch (error) {
    return failed('no error', (error as Error).message);
  } finally {
    await connection.run('ROLLBACK', { timeoutMs: block.timeoutMs, signal });
  }
}

interface Rows {
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
}

async function readAll(
  connection: Connection,
  sql: string,
  signal: AbortSignal,
  timeoutMs: number,
): Promise<Rows> {
  const rows: Row[] = [];
  const end: StatementEnd = await connection.run(sql, { timeoutMs, signal, onRow: (row) => rows.push(row) });
  if (end.status === 'done') return { columns: end.columns, rows };
  throw new Error(end.status === 'failed' ? `${end.failure.sqlstate}: ${end.failure.message}` : end.status);
}

/** Data that make no difference catch nobody. */
function changesNothing(
  { expectations }: SqlBlock,
  { columns, rows }: Rows,
  { ordered }: SqlStatement,
): boolean {
  const shown = expectations.findLast((expectation) => expectation.kind === 'result')!;
  const matcher = createResultMatcher(shown, columns, { ordered });
  for (const row of rows) matcher.push(row);
  return matcher.finish() === undefined;
}

function compare(
  right: Rows,
  given: Rows,
  ordered: boolean,
  { place }: OtherDataExpectation,
): ResultDifference | undefined {
  const matcher = createResultMatcher(resultOf(right.columns, right.rows, place), given.columns, { ordered });
  for (const row of given.rows) matcher.push(row);
  return matcher.finish();
}
