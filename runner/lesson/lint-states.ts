// Whether the recorded states of a lesson are those of its blocks.
import type { Diagnostic } from './diagnostic.ts';
import type { Block, Lesson } from './types.ts';

/**
 * @param recorded The ids of the blocks that have a recorded state.
 * @param file Of the record.
 */
export function lintStates(lesson: Lesson, recorded: readonly string[], file: string): readonly Diagnostic[] {
  const blocks = lesson.steps
    .flatMap(({ parts }) => parts)
    .filter((part): part is Block => part.kind !== 'prose' && part.state !== undefined);
  // An exercise is compared where its author has recorded at all.
  const wanted = blocks.filter(({ exercise }) => exercise === undefined || recorded.length > 0);
  const strays = recorded.filter((id) => !blocks.some((block) => block.id === id));
  return [
    ...wanted
      .filter(({ id }) => !recorded.includes(id))
      .map(
        ({ id, place }): Diagnostic => ({ level: 'warning', rule: 'state', place, message: unrecorded(id) }),
      ),
    ...strays.map(
      (id): Diagnostic => ({
        level: 'error',
        rule: 'state',
        place: { file, line: 1 },
        message: stray(id, lesson.id),
      }),
    ),
  ];
}

const unrecorded = (id: string) =>
  `no state is recorded of the block "${id}", so none is compared; run "lesson check --record"`;

const stray = (id: string, lesson: string) =>
  `the lesson ${lesson} has no exercise and no {state} block "${id}"; run "lesson check --record"`;
