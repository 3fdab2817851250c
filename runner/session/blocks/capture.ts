// What a block captures of its last result, for the blocks below it.
import type { Captured } from '../../lesson/captures.ts';
import { plural } from '../../lesson/plural.ts';
import type { SqlBlock } from '../../lesson/types.ts';
import type { Outcome } from '../events.ts';
import type { SqlRun } from './sql-block.ts';

export interface Capture {
  readonly captured?: Captured;
  /** Why nothing was captured. */
  readonly outcomes: readonly Outcome[];
}

/** Of a block that did not come to its end, nothing. */
export function capture(
  { captures: names, place }: Pick<SqlBlock, 'captures' | 'place'>,
  { results, trouble }: Pick<SqlRun, 'results' | 'trouble'>,
): Capture {
  if (names === undefined || trouble !== undefined) return { outcomes: [] };
  const failed = (actual: string): Capture => ({
    outcomes: [
      {
        status: 'failed',
        title: 'capture',
        place,
        expected: `exactly one row of ${plural(names.length, 'column')}`,
        actual: `${actual}: captured nothing`,
      },
    ],
  });
  const last = results.at(-1);
  if (last === undefined) return failed('no result');
  const { columns, rowCount, firstRow = [] } = last;
  if (rowCount !== 1) return failed(plural(rowCount, 'row'));
  if (columns.length !== names.length) return failed(`one row of ${plural(columns.length, 'column')}`);
  const at = firstRow.indexOf(null);
  if (at !== -1) return failed(`NULL in the column "${columns[at]}"`);
  return { captured: Object.fromEntries(names.map((name, i) => [name, firstRow[i]!])), outcomes: [] };
}
