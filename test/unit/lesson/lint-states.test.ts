import { expect, test } from 'vitest';
import { lintStates } from '../../../runner/lesson/lint-states.ts';
import { parseLesson } from '../../../runner/lesson/parse.ts';

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
  lintStates(lesson, recorded, '01-a.states.json').map(
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
