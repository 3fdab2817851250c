// Whether the recorded states of a lesson are those of its blocks.
import type { Diagnostic } from './diagnostic.ts';
import type { Block, Lesson } from './types.ts';

/** With what was left out of it, where the record says so. */
type RecordedState = { readonly except?: readonly string[] };

/**
 * @param states The recorded states by the ids of their blocks.
 * @param file Of the record.
 */
export function lintStates(
  lesson: Lesson,
  states: Readonly<Record<string, RecordedState>>,
  file: string,
): readonly Diagnostic[] {
  const recorded = Object.keys(states);
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
    ...blocks
      .filter(({ id, state }) => !isExceptOf(states[id], state?.except ?? []))
      .map(
        ({ id, place }): Diagnostic => ({
          level: 'warning',
          rule: 'state',
          place,
          message: stale(id, states[id]!),
        }),
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

const isExceptOf = (state: RecordedState | undefined, words: readonly string[]): boolean =>
  state?.except === undefined || state.except.toSorted().join(' ') === words.toSorted().join(' ');

const stale = (id: string, { except = [] }: RecordedState) =>
  `the state of the block "${id}" was recorded ${except.length === 0 ? 'without "except"' : `with except="${except.join(' ')}"`}; run "lesson check --record"`;

const unrecorded = (id: string) =>
  `no state is recorded of the block "${id}", so none is compared; run "lesson check --record"`;

const stray = (id: string, lesson: string) =>
  `the lesson ${lesson} has no exercise and no {state} block "${id}"; run "lesson check --record"`;
