// A block with the captured values in the place of their names, in all that is run and compared.
import { type Captured, fillPattern, fillSql, fillText } from './captures.ts';
import type { Block, Expectation, ExpectedRow } from './types.ts';

/** Its checks stay as they are written: they may name what the block itself captures. */
export function fillBlock(block: Block, captured: Captured): Block {
  if (Object.keys(captured).length === 0) return block;
  const expectations = block.expectations.map((each) => fillExpectation(each, captured));
  if (block.kind === 'shell') return { ...block, expectations };
  const { text, exercise } = block;
  const solutions = exercise?.solutions.map((each) => ({ ...each, text: fillSql(each.text, captured) }));
  return {
    ...block,
    text: fillSql(text, captured),
    expectations,
    ...(exercise && solutions && { exercise: { ...exercise, solutions } }),
  };
}

export const fillRow = (row: ExpectedRow, captured: Captured): ExpectedRow => ({
  ...row,
  cells: row.cells.map((cell) => fillPattern(cell, captured)),
});

function fillExpectation(expectation: Expectation, captured: Captured): Expectation {
  switch (expectation.kind) {
    case 'result':
      return { ...expectation, rows: expectation.rows.map((row) => fillRow(row, captured)) };
    case 'error': {
      const { message } = expectation;
      return message === undefined ? expectation : { ...expectation, message: fillText(message, captured) };
    }
    case 'output':
      return { ...expectation, lines: expectation.lines.map((line) => fillPattern(line, captured)) };
    case 'other-data':
      return { ...expectation, text: fillSql(expectation.text, captured) };
    case 'checks':
      return expectation;
  }
}
