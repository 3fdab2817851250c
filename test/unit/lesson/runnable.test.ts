import { expect, test } from 'vitest';
import { parseLesson } from '../../../runner/lesson/parse.ts';
import { runnableOf } from '../../../runner/lesson/runnable.ts';
import { fence } from './lesson-text.ts';

const of = (...lines: readonly string[]) =>
  runnableOf(parseLesson('01-a.md', `# A\n\n## S\n\n${lines.join('\n')}\n`));

const sql = fence('sql', 'SELECT 1');
const exercise = [fence('sql {exercise}', '-- here'), fence('sql {solution}', 'SELECT 2')];

test('blocks are counted by kind; an exercise is one', () => {
  expect(of('Text.', sql, fence('bash', 'ls'), ...exercise, fence('check', 'returns: 1'))).toMatchObject({
    sqlBlocks: 2,
    shellBlocks: 1,
  });
});

test('the files that a lesson starts with run, too, and count', () => {
  const lesson = parseLesson('01-a.md', `---\ninit: a.sql\n---\n# A\n\n## S\n\n${sql}\n`);
  const withText = (text: string) =>
    runnableOf({ ...lesson, init: [{ ...lesson.init[0]!, source: { file: 'a.sql', text } }] });
  expect(withText('SELECT 1')).toMatchObject({ sqlBlocks: 1, setupFiles: ['a.sql'] });
  expect(withText('SELECT 1').hash).not.toBe(withText('SELECT 2').hash);
  expect(of(sql)).toMatchObject({ setupFiles: [] });
});

test('the hash is that of what runs', () => {
  const { hash } = of(sql, ...exercise, fence('check', 'returns: 1'));
  const again = of('Prose.', sql, 'More.', ...exercise, fence('check', 'returns: 1'));
  expect(again.hash).toBe(hash);
  const others = [
    of(fence('sql', 'SELECT 3'), ...exercise, fence('check', 'returns: 1')),
    of(fence('bash', 'SELECT 1'), ...exercise, fence('check', 'returns: 1')),
    of(sql, exercise[0]!, fence('sql {solution}', 'SELECT 3'), fence('check', 'returns: 1')),
    of(sql, ...exercise, fence('check', 'true: SELECT true')),
  ];
  expect(new Set(others.map((other) => other.hash)).add(hash).size).toBe(5);
});
