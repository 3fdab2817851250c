// `returns: 4`, `columns: [a, b]`, `value: 4`: of the block's last result that has columns.
import { plural } from '../lesson/plural.ts';
import { type BlockResult, compare, type Examine, type Finding, type Probe } from './check.ts';

export const returns: Examine<'returns'> = (expected, probe) =>
  read('number of rows', expected, probe, ({ rowCount }) => String(rowCount));

export const columns: Examine<'columns'> = (expected, probe) =>
  read('columns', expected.join(', '), probe, (result) => result.columns.join(', '));

export const value: Examine<'value'> = (expected, probe) => read('value', expected, probe, onlyCell);

export function nothingReturned(title: string, expected: unknown): Finding {
  return { title, passed: false, expected: String(expected), actual: 'the block returned no result' };
}

async function read(title: string, expected: unknown, { block }: Probe, of: (result: BlockResult) => string) {
  const result = block.lastResult;
  return [result === undefined ? nothingReturned(title, expected) : compare(title, expected, of(result))];
}

function onlyCell({ columns: names, rows, rowCount }: BlockResult): string {
  if (rowCount === 1 && names.length === 1) return (rows[0]?.[0] ?? '').trim();
  return `${plural(rowCount, 'row')} of ${plural(names.length, 'column')}`;
}
