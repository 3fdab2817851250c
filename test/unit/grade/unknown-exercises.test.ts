import { expect, test } from 'vitest';
import { unknownExercises } from '../../../runner/grade/unknown-exercises.ts';
import { parseLesson } from '../../../runner/lesson/parse.ts';

test('an answer whose name is no exercise is told, once', () => {
  const lesson = parseLesson(
    '01-a.md',
    '# A\n\n## Count them\n\n```sql {exercise}\nSELECT 1;\n```\n```sql {solution}\nSELECT 2;\n```\n\n## Look\n\n```sql\nSELECT 3;\n```\n',
  );
  const answer = (exercise: string, id = lesson.id) => ({ lesson: id, exercise });
  const answers = [answer('count-them'), answer('count-then'), answer('count-then'), answer('x', '02-other')];
  expect(unknownExercises([lesson], answers)).toEqual([
    '01-a: unknown exercise "count-then"; did you mean "count-them"? known: count-them',
  ]);
});
