import { expect, test } from 'vitest';
import { describeAlike } from '../../../runner/session/alike-mistakes.ts';

const tried = (step: string, line: number, actual: string) => ({
  step,
  place: { file: '01-a.md', line },
  failed: [{ title: 'rows of t', actual }],
});

test('wrong answers of one exercise that fail alike are named together', () => {
  const [sentence, ...others] = describeAlike([
    tried('count', 10, '2'),
    tried('count', 14, '3'),
    tried('count', 18, '2'),
    tried('count', 22, '2'),
    tried('name', 30, '3'),
  ]);
  expect(sentence).toMatch(/^01-a\.md:10: the wrong answers in lines 10, 18 and 22 fail the same checks/);
  expect(others).toEqual([]);
});

test('those that fail in another way, or in another exercise, are told apart', () => {
  expect(describeAlike([tried('count', 10, '2'), tried('count', 14, '3'), tried('name', 30, '2')])).toEqual(
    [],
  );
});
