// The text of a `result` fence, as psql prints it or as a markdown table, to the rows that are expected.
import { plural } from './plural.ts';
import type { ReportProblem } from './problem.ts';
import { readHeader, readRows } from './result-rows.ts';
import type { Place, ResultExpectation } from './types.ts';

const SEPARATOR = /^\s*[|+]?\s*:?-+:?\s*(?:[|+]\s*:?-+:?\s*)*[|+]?\s*$/;
const FOOTER = /^\s*\((\d+) rows?\)\s*$/;

/** Reads the text of the fence at `place`, which starts on the next line; undefined where it has no header. */
export function readResult(text: string, place: Place, report: ReportProblem): ResultExpectation | undefined {
  const lines = text.split('\n');
  while (lines.at(-1)?.trim() === '') lines.pop();
  const footer = lines.length > 1 ? FOOTER.exec(lines.at(-1)!) : null;
  if (footer !== null) lines.pop();
  const count = footer === null ? {} : { rowCount: Number(footer[1]) };
  const [header, separator] = lines;
  const firstLine = place.line + 1;

  if (header === undefined) {
    report(
      place.line,
      'the result is empty; it starts with the names of the columns. "lesson update" fills it',
      'unfilled',
    );
    return { kind: 'result', place, columns: [], rows: [], open: false };
  }
  if (SEPARATOR.test(header) && !SEPARATOR.test(separator ?? '')) {
    // What psql prints for rows without columns.
    if (header.trim() === '--') return { kind: 'result', place, columns: [], rows: [], open: true, ...count };
    report(firstLine, 'the result starts with a line of dashes; the names of the columns stand above it');
    return undefined;
  }
  if (separator !== undefined && !SEPARATOR.test(separator)) {
    report(
      firstLine + 1,
      `under the names of the columns stands a line as ---+---, found "${separator.trim()}"`,
    );
    return undefined;
  }

  const isMarkdown = separator === undefined ? /^\s*\|/.test(header) : separator.includes('|');
  const form = { isMarkdown, width: separator?.trimEnd().length ?? 0 };
  const columns = readHeader(header, form);
  let isBroken = false;
  const { rows, open } = readRows(lines.slice(2), {
    file: place.file,
    firstLine: firstLine + 2,
    columnCount: columns.length,
    form,
    report: (line, message) => {
      isBroken = true;
      report(line, message);
    },
  });
  const { rowCount } = count;
  if (rowCount !== undefined && !isBroken && (open ? rowCount < rows.length : rowCount !== rows.length)) {
    const listed = `${plural(rows.length, 'row')} ${rows.length === 1 ? 'is' : 'are'} listed`;
    report(
      firstLine + lines.length,
      `"${footer![0].trim()}", but ${listed}; a last row "..." stands for more`,
    );
  }
  return { kind: 'result', place, columns, rows, open, ...count };
}
