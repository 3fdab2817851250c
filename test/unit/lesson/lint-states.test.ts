import { expect, test } from 'vitest';
import { lintStates } from '../../../runner/lesson/lint-states.ts';
import { parseLesson } from '../../../runner/lesson/parse.ts';
import type { Part } from '../../../runner/lesson/types.ts';

const lesson = parseLesson(
  '01-a.md',
  [
    '# A\n\n## S\n',
    '```sql {state}\nSELECT 1;\n```',
    '```sql {exercise}\n-- you\n```',
    '```sql {solution}\nSELECT 2;\n```',
    '```sql\nSELECT 3;\n```',
  ].join('\n'),
);

const lint = (...recorded: readonly string[]) =>
  lintStates(lesson, Object.fromEntries(recorded.map((id) => [id, {}])), '01-a.states.json').map(
    ({ level, place, message }) => `${level} ${place.file}:${place.line} ${/"(.*?)"/.exec(message)?.[1]}`,
  );

test('a {state} block without a record is a warning, an exercise only where others have one', () => {
  expect(lint()).toEqual(['warning 01-a.md:5 s/1']);
  expect(lint('s/1')).toEqual(['warning 01-a.md:8 s/2']);
  expect(lint('s/1', 's/2')).toEqual([]);
});

test('a record without its block is an error', () => {
  expect(lint('s/1', 's/2', 's/3')).toEqual(['error 01-a.states.json:1 s/3']);
});

test('a record that was made with another "except" is a warning, where it says what it was made with', () => {
  const lintWith = (...excepts: readonly (readonly string[])[]) =>
    excepts.flatMap((except) =>
      lintStates(lesson, { 's/1': { except }, 's/2': { except: [] } }, '01-a.states.json').map(
        ({ level, place, message }) => `${level} ${place.line} ${message}`,
      ),
    );
  expect(lintWith([])).toEqual([]);
  expect(lintWith(['t', 'rows'])).toEqual([
    'warning 5 the state of the block "s/1" was recorded with except="t rows"; run "lesson check --record"',
  ]);
  const excepting = {
    ...lesson,
    steps: lesson.steps.map((step) => ({ ...step, parts: step.parts.map(except) })),
  };
  const lintExcepting = (except: readonly string[]) =>
    lintStates(excepting, { 's/1': { except }, 's/2': {} }, '').map(({ message }) => message);
  expect(lintExcepting(['rows', 't'])).toEqual([]);
  expect(lintExcepting([])).toEqual([
    'the state of the block "s/1" was recorded without "except"; run "lesson check --record"',
  ]);
});

/** The first block, whose state may differ in these. */
const except = (part: Part): Part =>
  part.kind !== 'prose' && part.id === 's/1' ? { ...part, state: { except: ['t', 'rows'] } } : part;
