import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { mergeHidden, parseHidden, refuseUnknownFiles } from '../../../runner/grade/hidden-checks.ts';
import { similarPairs } from '../../../runner/grade/similar.ts';
import type { LessonError } from '../../../runner/lesson/problem.ts';
import { fence, parse } from '../lesson/lesson-text.ts';

const lesson = parse(
  [
    '# A',
    '## Count',
    fence('sql {exercise}', 'SELECT'),
    fence('sql {solution}', 'SELECT count(*) FROM t'),
    fence('result', ' count', '-------', ' 1'),
    '## Look',
  ].join('\n'),
);
const hidden = (...lines: readonly string[]) =>
  parseHidden('hidden/file.md', ['# Hidden', ...lines].join('\n'));
const problemsOf = (work: () => unknown) => {
  try {
    work();
    return [];
  } catch (error) {
    return (error as LessonError).problems.map(
      ({ place, message }) => `${place.file}:${place.line}: ${message}`,
    );
  }
};

test('hidden checks and data come after those of the lesson, and points count more', () => {
  const merged = mergeHidden(
    lesson,
    hidden('## Count', '```check', 'rows: {t: 1}', '```', '```sql {other-data}', 'DELETE FROM t', '```'),
  );
  const [block] = merged.steps[0]!.parts;
  expect(block!.kind !== 'prose' && block!.expectations.map(({ kind }) => kind)).toEqual([
    'result',
    'checks',
    'other-data',
  ]);
  expect(lesson.steps[0]!.parts[0]).toMatchObject({ expectations: [{ kind: 'result' }] });
});

test('a mistake is at its line of the hidden file', () => {
  expect(problemsOf(() => hidden('## Count', '', '```check', 'row: {t: 1}', '```'))).toEqual([
    expect.stringMatching(/^hidden\/file\.md:5: unknown check "row"/),
  ]);
  expect(
    problemsOf(() => mergeHidden(lesson, hidden('## Conut', '```check', 'rows: {t: 1}', '```'))),
  ).toEqual([expect.stringMatching(/^hidden\/file\.md:2: unknown exercise "conut"/)]);
});

test('a hidden check may name what its lesson has captured', () => {
  const fences = [fence('sql {capture=n}', 'SELECT 1'), fence('sql {exercise}', 'SELECT')];
  const capturing = parse(
    ['# A', '## Count', ...fences, fence('sql {solution}', 'SELECT 2'), fence('result', 'a')].join('\n'),
  );
  const checkOf = (name: string) => hidden('## Count', '```check', `rows: {t: ":${name}"}`, '```');
  expect(mergeHidden(capturing, checkOf('n')).id).toBe(capturing.id);
  expect(problemsOf(() => mergeHidden(capturing, checkOf('m')))).toEqual([
    'hidden/file.md:4: unknown captured value "m"; did you mean "n"? known: n',
  ]);
});

test('equal answers differ only in what the parser does not see', async () => {
  const answer = (student: string, text: string) => ({ student, lesson: lesson.id, exercise: 'count', text });
  const answers = [
    answer('ann', 'SELECT count(*) FROM t -- mine'),
    answer('bob', 'select COUNT( * ) from T;'),
    answer('carl', 'SELECT count(k) FROM t'),
    answer('kim', 'SELECT :n'),
    answer('lea', 'select :n;'),
    answer('dora', 'SELEC'),
    answer('eve', 'SELEC'),
    answer('fay', 'SELECT count(k)\nFROM t'),
    answer('gus', '-- nothing'),
    answer('hal', '-- nothing'),
  ];
  expect(await similarPairs(answers, [lesson])).toEqual([
    { lesson: lesson.id, exercise: 'count', students: ['ann', 'bob'], isSolution: true },
    { lesson: lesson.id, exercise: 'count', students: ['carl', 'fay'], isSolution: false },
    { lesson: lesson.id, exercise: 'count', students: ['kim', 'lea'], isSolution: false },
  ]);
});

test('a file with hidden checks of no lesson is refused, and so is a folder that is not there', async () => {
  const dir = await mkdtemp(path.join(tmpdir(), 'lesson-hidden-'));
  const look = () => refuseUnknownFiles(dir, 'hidden', ['01-double-booking', '02-b']);
  try {
    for (const name of ['01-double-booking.md', 'README.md', 'notes.txt'])
      await writeFile(path.join(dir, name), '');
    await look();
    await writeFile(path.join(dir, '01-doublebooking.md'), '');
    await expect(look()).rejects.toMatchObject({
      code: 'usage',
      message:
        '"hidden/01-doublebooking.md" is not named after a lesson: unknown lesson "01-doublebooking"; ' +
        'did you mean "01-double-booking"? known: 01-double-booking, 02-b',
    });
  } finally {
    await rm(dir, { recursive: true });
  }
  await expect(look()).rejects.toMatchObject({
    code: 'usage',
    message: 'cannot read the folder of hidden checks "hidden": it does not exist',
  });
});
