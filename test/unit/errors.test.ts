import { expect, test } from 'vitest';
import { explainUnexpected } from '../../runner/errors.ts';

const system = (code: string) => Object.assign(new Error(`${code}: open 'x'`), { code });

test('an error that nobody expected is a sentence, which says where to turn', () => {
  const text = explainUnexpected(new TypeError('x is not a function'), undefined);
  expect(text).toBe(
    'lesson: x is not a function\nThis is a bug in lesson: please report it, with what LESSON_DEBUG=1 shows.\n',
  );
});

test('its stack is shown where the environment asks for it', () => {
  expect(explainUnexpected(new Error('x'), '1')).toMatch(/^lesson: Error: x\n {4}at /);
});

test('where the system refuses what can be refused anywhere, what to do is said', () => {
  expect(explainUnexpected(system('EMFILE'), undefined)).toBe(
    'lesson: EMFILE: open \'x\'\nRaise the limit on open files, for instance with "ulimit -n 1024".\n',
  );
});

test('what is thrown need not be an error', () => {
  expect(explainUnexpected('x', '1')).toMatch(/^lesson: x\n/);
});
