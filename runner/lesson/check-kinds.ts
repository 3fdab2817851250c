// The kinds of what a block is held against, as points are given for them.
import type { Block, Place } from './types.ts';

/** In order, each once: `result`, `rows`, `state`. */
export function kindsOf(block: Block): readonly string[] {
  const kinds = [...kindsByPlace(block).values(), ...(block.state ? ['state'] : [])];
  return [...new Set(kinds)].sort();
}

/** What an outcome is about. */
export function kindAt(block: Block, place: Place): string {
  return kindsByPlace(block).get(keyOf(place)) ?? 'state';
}

/** Checks may stand in two files. */
function kindsByPlace({ expectations }: Block): ReadonlyMap<string, string> {
  return new Map(
    expectations.flatMap((expectation): readonly [string, string][] =>
      expectation.kind === 'checks'
        ? expectation.checks.map(({ place, kind }) => [keyOf(place), kind])
        : [[keyOf(expectation.place), expectation.kind]],
    ),
  );
}

const keyOf = ({ file, line }: Place) => `${file}:${line}`;
