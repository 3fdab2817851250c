// `returns: 4`, `columns: [a, b]`, `value: 4`: of the block's last result that has columns.
import { plural } from '../lesson/plural.ts';
import { type BlockResult, compare, type Examine, type Finding, type Probe } from './check.ts';

export const returns: Examine<'returns'> = (expected, probe) =>
  read({ title: 'number of rows', claim: `${plural(expected, 'row')} returned`, expected }, probe, (result) =>
    String(result.rowCount),
  );

export const columns: Examine<'columns'> = (expected, probe) =>
  read(named(expected), probe, (result) => result.columns.join(', '));

const named = (columns: readonly string[]) => {
  const expected = columns.join(', ');
  return { title: 'columns', claim: `the columns are ${expected}`, expected };
};

export const value: Examine<'value'> = (expected, probe) =>
  read({ title: 'value', claim: `the value is ${expected}`, expected }, probe, onlyCell);

export function nothingReturned(title: string, expected: unknown): Finding {
  return { title, passed: false, expected: String(expected), actual: 'no result' };
}

interface Wanted {
  readonly title: string;
  readonly claim: string;
  readonly expected: unknown;
}

async function read(wanted: Wanted, { block }: Probe, of: (result: BlockResult) => string) {
  const result = block.lastResult;
  return [
    result === undefined
      ? nothingReturned(wanted.title, wanted.expected)
      : compare({ ...wanted, actual: of(result) }),
  ];
}

function onlyCell({ columns: names, rows, rowCount }: BlockResult): string {
  if (rowCount === 1 && names.length === 1) return (rows[0]?.[0] ?? '').trim();
  return `${plural(rowCount, 'row')} of ${plural(names.length, 'column')}`;
}
