// Aligns the rows of a result with those of the lesson where order counts, as a diff does, so that one missing row is one
// difference. Libraries for that know rows as equal or not; here the cells that two rows share decide which go together.
import type { ActualRow } from './difference.ts';
import { matches, type RowPattern, sharedCells } from './row-pattern.ts';

export interface AlignedRows {
  /** Rows that belong together and differ: in their cells, or only in their place. */
  readonly pairs: readonly (readonly [RowPattern, ActualRow])[];
  readonly missing: readonly RowPattern[];
  readonly unexpected: readonly ActualRow[];
}

/** Every row is held against every other: beyond so many comparisons the n-th row goes with the n-th of the lesson. */
const MOST_COMPARISONS = 1_000_000;

/** Where the lesson's rows are followed by dots (`isOpen`), the rows after the last that is aligned may be anything. */
export function alignRows(
  patterns: readonly RowPattern[],
  rows: readonly ActualRow[],
  isOpen: boolean,
): AlignedRows {
  const same = isOpen ? 0 : commonEnd(patterns, rows);
  const [expected, actual] = [patterns.slice(0, patterns.length - same), rows.slice(0, rows.length - same)];
  const steps = chooseSteps(expected, actual);
  const pairs: (readonly [RowPattern, ActualRow])[] = [];
  const missing: RowPattern[] = [];
  const unexpected: ActualRow[] = [];
  let [i, j] = [0, 0];
  while (i < expected.length || (j < actual.length && !isOpen)) {
    const step = j === actual.length ? 'missing' : i === expected.length ? 'unexpected' : steps(i, j);
    if (step === 'missing') missing.push(expected[i++]!);
    else if (step === 'unexpected') unexpected.push(actual[j++]!);
    else {
      const pair = [expected[i++]!, actual[j++]!] as const;
      if (!matches(pair[0], pair[1].cells)) pairs.push(pair);
    }
  }
  return pairMoved({ pairs, missing, unexpected });
}

function commonEnd(patterns: readonly RowPattern[], rows: readonly ActualRow[]): number {
  let same = 0;
  while (same < patterns.length && same < rows.length) {
    if (!matches(patterns.at(-1 - same)!, rows.at(-1 - same)!.cells)) break;
    same++;
  }
  return same;
}

type Step = 'pair' | 'missing' | 'unexpected';

/** A row that is as expected outweighs all cells that others share; those that share none still go together. */
const [EXACT, NOTHING_SHARED] = [1e6, 1e-6];

/** What to do at the i-th row of the lesson and the j-th of the result, so that the rows share as much as they can. */
function chooseSteps(
  patterns: readonly RowPattern[],
  rows: readonly ActualRow[],
): (i: number, j: number) => Step {
  if (patterns.length * rows.length > MOST_COMPARISONS) return () => 'pair';
  const steps: Step[][] = [];
  let below = new Float64Array(rows.length + 1);
  for (let i = patterns.length - 1; i >= 0; i--) {
    const best = new Float64Array(rows.length + 1);
    const line: Step[] = [];
    for (let j = rows.length - 1; j >= 0; j--) {
      const paired = likeness(patterns[i]!, rows[j]!) + below[j + 1]!;
      best[j] = Math.max(paired, below[j]!, best[j + 1]!);
      line[j] = best[j] === paired ? 'pair' : best[j] === below[j] ? 'missing' : 'unexpected';
    }
    steps[i] = line;
    below = best;
  }
  return (i, j) => steps[i]![j]!;
}

function likeness(pattern: RowPattern, { cells }: ActualRow): number {
  return matches(pattern, cells) ? EXACT : sharedCells(pattern, cells) + NOTHING_SHARED;
}

/** A row that is missing here and too many there is one row in the wrong place. */
function pairMoved({ pairs, missing, unexpected }: AlignedRows): AlignedRows {
  const left = new Set(unexpected);
  const moved: (readonly [RowPattern, ActualRow])[] = [];
  for (const pattern of missing) {
    for (const row of left) {
      if (!matches(pattern, row.cells)) continue;
      left.delete(row);
      moved.push([pattern, row]);
      break;
    }
  }
  const found = new Set(moved.map(([pattern]) => pattern));
  return {
    pairs: [...pairs, ...moved].sort(([a], [b]) => a.row.place.line - b.row.place.line),
    missing: missing.filter((pattern) => !found.has(pattern)),
    unexpected: [...left],
  };
}
