// What a notebook notes of a block is what `lesson import` reads.
import { expect, test } from 'vitest';
import { notedBlock, notedLesson } from '../../../runner/export/noted-lesson.ts';
import { readLessonOfNotebook, readNotedBlock } from '../../../runner/import/exported.ts';
import { blocksOf, fence, oneStep, parse } from '../lesson/lesson-text.ts';

test('names that are captured, and what each engine answers', () => {
  const [block] = blocksOf(
    oneStep(
      fence('sql {node=worker-1 capture="a,b"}', 'SELECT 1 AS x, 2 AS y'),
      fence('result {engine=citus}', ' x | y', '---+---', ' 1 | 2'),
      fence('result {engine=built-in}', ' x | y', '---+---', ' 1 | *'),
    ),
  );
  const noted = readNotedBlock(JSON.parse(JSON.stringify(notedBlock(block!))));
  const again = blocksOf(
    oneStep(
      fence(noted!.info, block!.text.trimEnd()),
      ...noted!.below.map(({ info, text }) => fence(info, text)),
    ),
  )[0]!;
  expect(again).toMatchObject({ node: 'worker-1', captures: ['a', 'b'] });
  expect(again.expectations.map(({ kind, engine }) => [kind, engine])).toEqual([
    ['result', 'citus'],
    ['result', 'built-in'],
  ]);
});

test.each([
  ['init: false', []],
  ['init: true', ['init.sql']],
  ['init: [init.sql, setup/shop.sql]', ['init.sql', 'setup/shop.sql']],
])('and what a lesson starts with: %s', (matter, files) => {
  const lesson = parse(`---\n${matter}\n---\n${oneStep(fence('sql', 'SELECT 1'))}`);
  expect(readLessonOfNotebook(JSON.parse(JSON.stringify(notedLesson(lesson)))).init).toEqual(files);
});
