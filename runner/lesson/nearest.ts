// "Did you mean": for lesson ids, options, checks, node names.

/** The known words that a misspelt one may have meant, best first, at most three; small and capital letters are the same. */
export function nearest(word: string, known: readonly string[]): string[] {
  const wanted = word.toLowerCase();
  const limit = Math.max(1, Math.floor(wanted.length / 3));
  return known
    .map((candidate) => ({ candidate, distance: distanceOrPart(wanted, candidate.toLowerCase(), limit) }))
    .filter(({ distance }) => distance <= limit)
    .sort((a, b) => a.distance - b.distance)
    .slice(0, 3)
    .map(({ candidate }) => candidate);
}

/** `unknown check "row"; did you mean "rows"? known: shards, placement, rows, …` */
export function unknownWord(what: string, word: string, known: readonly string[]): string {
  const [best] = nearest(word, known);
  const guess = best === undefined ? '' : ` did you mean "${best}"?`;
  return `unknown ${what} "${word}";${guess} known: ${known.join(', ')}`;
}

/** `03` and `distribution` are as near to `03-distribution` as a typing mistake, and `comp` to `completion`. */
function distanceOrPart(wanted: string, candidate: string, limit: number): number {
  const isPart = wanted !== '' && candidate.split('-').some((part) => part === wanted);
  const isStart = wanted.length >= 3 && candidate.startsWith(wanted);
  const slug = candidate.replace(/^\d+-/, '');
  return Math.min(
    isPart || isStart ? 1 : limit + 1,
    editDistance(wanted, candidate, limit),
    editDistance(wanted, slug, limit),
  );
}

/**
 * Insertions, deletions, replacements and swaps of neighbours that make `b` of `a`; counting ends above the limit. The
 * distance of Levenshtein, as packages have it, counts a swap as two, too far for a short word: `rwos`.
 */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = last[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? beforeLast[j - 2]! + 1 : replaced;
      current.push(Math.min(last[j]! + 1, current[j - 1]! + 1, replaced, swapped));
    }
    beforeLast = last;
    last = current;
  }
  return last[b.length]!;
}
