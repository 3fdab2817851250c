// A `result` fence that says what a statement returned, drawn as its author has drawn it, with the author's `*` and `...`. Pure.
import type { Captured } from '../lesson/captures.ts';
import { showName } from '../lesson/cell.ts';
import { alignColumns } from '../lesson/result.ts';
import { writeName } from '../lesson/table.ts';
import type { ResultExpectation } from '../lesson/types.ts';
import { type ChosenRow, chooseRows, type OrderedAnswer } from './choose-rows.ts';
import { type Drawing, drawRow, drawTable, readDrawing } from './drawing.ts';

/** As many as a learner sees; an author who wants more writes more. */
const mostRows = 50;

export function fillResult(
  written: ResultExpectation,
  lines: readonly string[],
  answer: OrderedAnswer,
  captured: Captured = {},
): readonly string[] {
  const expectation = withColumnsOf(written, answer);
  const columns = expectation.columns.map(writeName);
  const chosen = chooseRows(expectation, answer, captured);
  const rows = expectation.open ? chosen : chosen.slice(0, Math.max(mostRows, written.rows.length));
  const isOpen = expectation.open || rows.length < answer.rowCount;
  const drawing = readDrawing(written, lines);
  const own = expectation.columns === written.columns ? drawing : undefined;
  const right = rightColumns(expectation, answer, rows, own);
  const table =
    (own && patch(rows, own, right)) ??
    drawTable(
      columns,
      rows.map(({ cells }) => cells),
      drawing?.isMarkdown ?? false,
      right,
    );
  const body = isOpen ? [...table, drawing?.dots ?? ' ...'] : table;
  const needsCount = written.rowCount !== undefined || isAmbiguous(body.at(-1)!);
  return needsCount ? [...body, `(${answer.rowCount} ${answer.rowCount === 1 ? 'row' : 'rows'})`] : body;
}

/** In the order of the author where they are the same. What is in a column that is new holds nowhere. */
function withColumnsOf(written: ResultExpectation, { columns }: OrderedAnswer): ResultExpectation {
  const { missingColumns, unexpectedColumns } = alignColumns(written.columns, columns);
  if (missingColumns.length === 0 && unexpectedColumns.length === 0) return written;
  const names = columns.map((name) => showName(name).trim());
  const { positions } = alignColumns(names, written.columns);
  const rows = written.rows.map(({ cells, place }) => ({
    cells: positions.map((position) => cells[position] ?? nowhere),
    place,
  }));
  return { ...written, columns: names, rows, open: written.open && written.columns.length > 0 };
}

/** No cell that is shown holds a control character. */
const nowhere = '\0';

/** The lines of rows that stay; undefined where another row does not fit between them. */
function patch(
  rows: readonly ChosenRow[],
  drawing: Drawing,
  right: ReadonlySet<number>,
): readonly string[] | undefined {
  const drawn = rows.map(({ cells, kept }) =>
    kept === undefined ? drawRow(cells, drawing, right) : drawing.linesOf(kept),
  );
  return drawn.includes(undefined) ? undefined : [...drawing.head, ...drawn.flatMap((lines) => lines ?? [])];
}

/** Those that the author has at the right; else those of numbers, as psql does. Lines of a cell are read from the left. */
function rightColumns(
  expectation: ResultExpectation,
  { columns, numeric = [] }: OrderedAnswer,
  rows: readonly ChosenRow[],
  drawing: Drawing | undefined,
): ReadonlySet<number> {
  const { positions } = alignColumns(expectation.columns, columns);
  const isRight = (i: number) => {
    const side = drawing?.sides[i];
    if (rows.some(({ cells }) => cells[i]!.includes('\n'))) return false;
    return side === undefined ? numeric.includes(positions[i]!) : side === 'right';
  };
  return new Set(positions.map((_, i) => i).filter(isRight));
}

/** A last line that would be read as the end of the text, or as the number of rows. */
const isAmbiguous = (line: string): boolean => line.trim() === '' || /^\s*\(\d+ rows?\)\s*$/.test(line);
