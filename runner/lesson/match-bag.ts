// Rows whose order does not count. With `*` a row may match several of the lesson's, and a hasty choice could leave another
// row without a match: this is bipartite matching, done row by row with augmenting paths. A row that finds no place when
// it comes never gets one later: it can be forgotten at once, and memory stays that of the lesson's rows.
import { type ActualRow, KEPT_ROWS } from './difference.ts';
import type { RowMatcher } from './match-sequence.ts';
import type { RowPattern } from './row-pattern.ts';
import { pairSimilar } from './similar-rows.ts';

/** The lesson's rows that have the same wildcards and the same other cells: any of them is as good as another. */
interface Bucket {
  readonly patterns: RowPattern[];
  readonly taken: Candidate[];
  /** Full for good: its rows can only go to buckets that are full for good too. */
  isClosed: boolean;
}

/** An actual row and the buckets it may go to, the one without wildcards first. */
type Candidate = readonly Bucket[];

/** All buckets with wildcards at the same positions. */
interface Shape {
  /** Positions of the cells that count. */
  readonly fixed: readonly number[];
  readonly buckets: Map<string, Bucket>;
}

export function matchBag(patterns: readonly RowPattern[], isOpen: boolean): RowMatcher {
  const shapes = toShapes(patterns);
  const unexpected: ActualRow[] = [];
  let unexpectedCount = 0;
  let free = patterns.length;
  return {
    push(row) {
      if (free > 0 && place(bucketsFor(row.cells, shapes))) free--;
      else if (!isOpen) {
        unexpectedCount++;
        if (unexpected.length < KEPT_ROWS) unexpected.push(row);
      }
    },
    finish() {
      const missing = free === 0 ? [] : missingPatterns(shapes);
      return {
        ...pairSimilar(missing.slice(0, KEPT_ROWS), unexpected),
        missingCount: free,
        unexpectedCount,
      };
    },
  };
}

function toShapes(patterns: readonly RowPattern[]): Shape[] {
  const shapes = new Map<string, Shape>();
  for (const pattern of patterns) {
    const fixed = pattern.cells.flatMap((cell, i) => (cell === undefined ? [] : [i]));
    const shape = getOrAdd(shapes, fixed.join(), () => ({ fixed, buckets: new Map() }));
    const key = keyOf(pattern.cells, fixed);
    getOrAdd(shape.buckets, key, () => ({ patterns: [], taken: [], isClosed: false })).patterns.push(pattern);
  }
  return [...shapes.values()].sort((a, b) => b.fixed.length - a.fixed.length);
}

function bucketsFor(cells: readonly string[], shapes: readonly Shape[]): Candidate {
  return shapes
    .flatMap(({ fixed, buckets }) => buckets.get(keyOf(cells, fixed)) ?? [])
    .filter(({ isClosed }) => !isClosed);
}

function keyOf(cells: readonly (string | undefined)[], positions: readonly number[]): string {
  return positions.length === 1 ? cells[positions[0]!]! : JSON.stringify(positions.map((i) => cells[i]));
}

/** Finds room for a row, moving others to another of their buckets where that makes some; false where there is none. */
function place(candidate: Candidate): boolean {
  const room = candidate.find(hasRoom);
  if (room !== undefined) {
    room.taken.push(candidate);
    return true;
  }
  return placeByMoving(candidate);
}

interface Move {
  readonly bucket: Bucket;
  readonly candidate: Candidate;
  /** Where the candidate leaves, to make room for the move before. */
  readonly from: Move | undefined;
}

/** Breadth first over the buckets that can be reached; each is visited once. */
function placeByMoving(candidate: Candidate): boolean {
  const visited = new Set(candidate);
  const queue: Move[] = candidate.map((bucket) => ({ bucket, candidate, from: undefined }));
  for (const move of queue) {
    if (hasRoom(move.bucket)) {
      perform(move);
      return true;
    }
    for (const other of move.bucket.taken) {
      for (const bucket of other) {
        if (visited.has(bucket)) continue;
        visited.add(bucket);
        queue.push({ bucket, candidate: other, from: move });
      }
    }
  }
  for (const bucket of visited) bucket.isClosed = true;
  return false;
}

function perform(last: Move): void {
  for (let move: Move | undefined = last; move !== undefined; move = move.from) {
    move.bucket.taken.push(move.candidate);
    const left = move.from?.bucket.taken;
    left?.splice(left.indexOf(move.candidate), 1);
  }
}

function hasRoom({ patterns, taken }: Bucket): boolean {
  return taken.length < patterns.length;
}

function missingPatterns(shapes: readonly Shape[]): RowPattern[] {
  return shapes
    .flatMap(({ buckets }) => [...buckets.values()])
    .flatMap(({ patterns, taken }) => patterns.slice(taken.length))
    .sort((a, b) => a.row.place.line - b.row.place.line);
}

function getOrAdd<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const found = map.get(key);
  if (found !== undefined) return found;
  const made = make();
  map.set(key, made);
  return made;
}
