// A table as the text of a `result` fence.
import { writeCell, writeName } from '../lesson/table.ts';
import { drawTable } from '../update/drawing.ts';
import { looksNumeric, type Table } from './printed-table.ts';

/** As `lesson update` does: `...` stands for more. */
const mostRows = 50;

export function resultText({ columns, rows, open = false }: Table): string {
  const shown = rows.slice(0, mostRows);
  const isOpen = open || shown.length < rows.length;
  const right = new Set(
    columns.flatMap((_, i) => (rows.every((row) => looksNumeric(row[i] ?? '')) ? [i] : [])),
  );
  const cells = shown.map((row) => columns.map((_, i) => writeCell(row[i] ?? '')));
  const lines = drawTable(columns.map(writeName), cells, false, right);
  return [...lines, ...(isOpen ? ['...'] : [])].join('\n');
}
