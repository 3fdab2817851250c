import { expect, test } from 'vitest';
import { capture } from '../../../../runner/session/blocks/capture.ts';
import type { StatementResult } from '../../../../runner/session/blocks/sql-block.ts';

const place = { file: '01-a.md', line: 3 };
const statement = { text: 'SELECT', line: 0, ordered: false };

function capturedOf(captures: readonly string[], rows: readonly (readonly (string | null)[])[] | undefined) {
  const result: StatementResult | undefined = rows && {
    statement,
    columns: (rows[0] ?? ['a']).map((_, i) => `c${i}`),
    rows: [],
    rowCount: rows.length,
    firstRow: rows[0],
    matchers: [],
  };
  const { captured, outcomes } = capture({ captures, place }, { results: result ? [result] : [] });
  return captured ?? outcomes.map((each) => each.status === 'failed' && each.actual).join();
}

test('the columns of the only row have the names in order', () => {
  expect(capturedOf(['shard'], [['102008']])).toEqual({ shard: '102008' });
  expect(capturedOf(['shard', 'node'], [['102008', 'worker-1']])).toEqual({
    shard: '102008',
    node: 'worker-1',
  });
});

test.each([
  ['no result', undefined, 'no result: captured nothing'],
  ['no row', [], '0 rows: captured nothing'],
  ['three rows', [['1'], ['2'], ['3']], '3 rows: captured nothing'],
  ['a column more', [['1', '2']], 'one row of 2 columns: captured nothing'],
  ['NULL', [[null]], 'NULL in the column "c0": captured nothing'],
])('%s captures nothing', (_, rows, why) => {
  expect(capturedOf(['shard'], rows)).toBe(why);
});

test('a block that failed says why by itself', () => {
  const trouble = { end: { status: 'interrupted', ms: 1 }, place } as const;
  expect(capture({ captures: ['a'], place }, { results: [], trouble })).toEqual({ outcomes: [] });
});
