import { expect, test } from 'vitest';
import { findStep } from '../../../runner/lesson/find-step.ts';

const place = { file: '01-a.md', line: 1 };
const steps = ['Make a table', 'Distribute it', 'Distribute another'].map((title, at) => ({
  number: at + 1,
  step: { id: title.toLowerCase().replaceAll(' ', '-'), title, place, parts: [], needs: [] },
}));

test.each([
  ['2', 2],
  ['make-a-table', 1],
  ['ANOTHER', 3],
  [' a table ', 1],
  ['distribute', undefined],
  ['', undefined],
  ['9', undefined],
])('"%s" is step %s', (text, number) => {
  expect(findStep(steps, text)?.number).toBe(number);
});
