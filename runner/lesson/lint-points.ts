// Points for exercises and checks that there are.
import { kindsOf } from './check-kinds.ts';
import type { ReportDiagnostic } from './diagnostic.ts';
import { unknownWord } from './nearest.ts';
import type { Block, Lesson } from './types.ts';

export function lintPoints({ points = {}, steps, place }: Lesson, report: ReportDiagnostic): void {
  const exercises = new Map(
    steps.flatMap(({ id, parts }): readonly [string, Block][] => {
      const block = parts.find((part): part is Block => part.kind !== 'prose' && part.exercise !== undefined);
      return block === undefined ? [] : [[id, block]];
    }),
  );
  for (const [step, { line, worth }] of Object.entries(points)) {
    const where = { file: place.file, line };
    const block = exercises.get(step);
    if (block === undefined) {
      report('error', 'points', where, unknownWord('exercise', step, [...exercises.keys()]));
      continue;
    }
    if (typeof worth === 'number') continue;
    const kinds = kindsOf(block);
    for (const kind of Object.keys(worth)) {
      if (!kinds.includes(kind)) report('error', 'points', where, unknownWord('check', kind, kinds));
    }
  }
}
