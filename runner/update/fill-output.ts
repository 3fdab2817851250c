// An `output` fence that says what the block printed, with the dots of its author. Pure.
import { diffArrays } from 'diff';
import { type Captured, fillPattern } from '../lesson/captures.ts';
import { outputLines } from '../lesson/match.ts';
import { literal } from '../lesson/row-pattern.ts';

const dots = '...';

/** An author who wants more writes more. */
const mostLines = 50;

export function fillOutput(
  lines: readonly string[],
  output: string,
  captured: Captured = {},
): readonly string[] {
  const expected = outputLines(lines);
  const actual = outputLines(output.split(/\r?\n/));
  const filled: string[] = [];
  let at = 0;
  let removed: readonly string[] = [];
  let added: readonly string[] = [];
  const flush = () => {
    filled.push(...fillPart(removed, added));
    removed = [];
    added = [];
  };
  const comparator = (line: string, other: string) =>
    line !== dots && literal(fillPattern(line, captured)) === other;
  for (const change of diffArrays(expected, actual, { comparator })) {
    if (change.added) {
      added = [...added, ...change.value];
      continue;
    }
    const own = expected.slice(at, at + change.value.length); // common lines too are written as the author has them
    at += own.length;
    if (change.removed) removed = [...removed, ...own];
    else {
      flush();
      filled.push(...own);
    }
  }
  flush();
  const most = Math.max(mostLines, expected.length);
  return filled.length > most ? [...filled.slice(0, most), dots] : filled;
}

/** Lines that did not hold: those around and between the dots find the ones that came in their place, or all are written. */
function fillPart(expected: readonly string[], actual: readonly string[]): readonly string[] {
  const written = actual.map(write);
  const first = expected.indexOf(dots);
  if (first === -1) return written;
  const last = expected.lastIndexOf(dots);
  const tail = Math.min(expected.length - last - 1, written.length);
  const head = Math.min(first, written.length - tail);
  const between = findBetween(expected.slice(first, last + 1), actual.slice(head, actual.length - tail));
  if (between === undefined) return written;
  return [...written.slice(0, head), ...between, ...written.slice(written.length - tail)];
}

/** From one line of dots to another: a line between them becomes the next one that differs from it in its numbers only. */
function findBetween(expected: readonly string[], actual: readonly string[]): readonly string[] | undefined {
  let from = 0;
  const found = expected.map((line) => {
    if (line === dots) return dots;
    const at = actual.findIndex((other, i) => i >= from && shapeOf(other) === shapeOf(literal(line)));
    from = at + 1;
    return at === -1 ? undefined : write(actual[at]!);
  });
  return found.includes(undefined) ? undefined : (found as readonly string[]);
}

const shapeOf = (line: string): string => line.trim().replace(/\d+/g, '0');

/** What an `output` fence reads back as this line. */
const write = (line: string): string => (line === dots || literal(line) !== line ? `\\${line}` : line);
