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
