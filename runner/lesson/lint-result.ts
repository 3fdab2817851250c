// Results that hold on one cluster, or in one run, and not in the next.
import type { ReportDiagnostic } from './diagnostic.ts';
import type { SqlParser } from './sql.ts';
import type { ResultExpectation, SqlBlock } from './types.ts';

export function lintResult({ columns, rows }: ResultExpectation, report: ReportDiagnostic): void {
  for (const { cells, place } of rows) {
    for (const [i, cell] of cells.entries()) {
      const brittle = brittleness(columns[i]!, cell);
      if (brittle === undefined) continue;
      const [rule, why] = brittle;
      report('warning', rule, place, `"${cell}" is ${why}`, { find: cell, replace: '*' });
      break;
    }
  }
}

type Brittle = readonly [rule: 'node-name' | 'inexact-number' | 'size', why: string];

function brittleness(column: string, cell: string): Brittle | undefined {
  const isNode = /port$/i.test(column)
    ? /^\d+$/.test(cell)
    : /^(coordinator|worker-\d+|localhost|127\.0\.0\.1)$/.test(cell);
  if (isNode) {
    return ['node-name', 'a node or port of one cluster; write * for the lesson to hold on every cluster'];
  }
  // 0.30000000000000004, and 29.999999999999996
  if (/^-?\d+\.\d*(0{8}|9{8})\d{1,2}$/.test(cell) && /[1-9]$/.test(cell)) {
    return [
      'inexact-number',
      'the sum of floating-point numbers, which depends on their order; use numeric, round, or write *',
    ];
  }
  const isSize = /^\d+ (bytes|kB|MB|GB|TB)$/.test(cell);
  const isTime = /\b(actual time=\d|(Planning|Execution) Time: \d)/.test(cell);
  if (isSize || isTime)
    return ['size', `a ${isSize ? 'size on disk' : 'time'} that may differ from run to run; write *`];
  return undefined;
}

export function lintResultStatement(
  { text, place }: SqlBlock,
  parser: SqlParser,
  report: ReportDiagnostic,
): void {
  for (const line of parser.findUnorderedLimits(text)) {
    report(
      'warning',
      'unordered-limit',
      { file: place.file, line: place.line + 1 + line },
      'LIMIT without ORDER BY returns any rows; add ORDER BY',
    );
  }
}
