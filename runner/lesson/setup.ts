// The SQL that is applied before a lesson, from one file or from several. Pure.
import type { Lesson, Place, SetupFile } from './types.ts';

/** Of the files that a lesson names, the one that ships. */
export const shippedSetup = 'init.sql';

/** The last statement of a file may have no semicolon. */
const between = '\n;\n';

/** @param shipped The text of `init.sql`. Undefined where the lesson wants no tables. */
export function setupOf({ init }: Pick<Lesson, 'init'>, shipped: string): string | undefined {
  return init.length === 0 ? undefined : textsOf(init, shipped).join(between);
}

/** Where a line of that SQL, from 1, is written. */
export function placeInSetup({ init }: Pick<Lesson, 'init'>, shipped: string, line: number): Place {
  let before = 0;
  for (const [i, text] of textsOf(init, shipped).entries()) {
    const lines = text.split('\n').length;
    if (line <= before + lines) return { file: init[i]!.source?.file ?? shippedSetup, line: line - before };
    before += lines + 1;
  }
  return { file: shippedSetup, line };
}

const textsOf = (init: readonly SetupFile[], shipped: string): readonly string[] =>
  init.map(({ source }) => source?.text ?? shipped);
