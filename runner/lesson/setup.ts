// The SQL that is applied before a lesson, from one file or from several. Pure.
import type { Lesson, Place, SetupFile } from './types.ts';

/** Of the files that a lesson names, the one that ships. */
export const shippedSetup = 'init.sql';

/** The last statement of a file may have no semicolon. */
const between = '\n;\n';

/** @param shipped The text of `init.sql`; undefined where it is left out. Returns undefined where the lesson wants no tables. */
export function setupOf({ init }: Pick<Lesson, 'init'>, shipped: string | undefined): string | undefined {
  const texts = sourcesOf(init, shipped).map(({ text }) => text);
  return texts.length === 0 ? undefined : texts.join(between);
}

/** Where a line of that SQL, from 1, is written. */
export function placeInSetup(
  { init }: Pick<Lesson, 'init'>,
  shipped: string | undefined,
  line: number,
): Place {
  let before = 0;
  for (const { file, text } of sourcesOf(init, shipped)) {
    const lines = text.split('\n').length;
    if (line <= before + lines) return { file, line: line - before };
    before += lines + 1;
  }
  return { file: shippedSetup, line };
}

function sourcesOf(init: readonly SetupFile[], shipped: string | undefined) {
  const ofShipped = shipped === undefined ? [] : [{ file: shippedSetup, text: shipped }];
  return init.flatMap(({ source }) => source ?? ofShipped);
}
