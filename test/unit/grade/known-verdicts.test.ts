import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { keyOf, openKnownVerdicts } from '../../../runner/grade/known-verdicts.ts';

test('what is known stays known, also when the last line is torn', async () => {
  const dir = await mkdtemp(path.join(tmpdir(), 'known '));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const file = path.join(dir, 'new/grades.jsonl');
  const verdict = { passed: false, held: ['rows'], reason: 'no' };
  const first = await openKnownVerdicts(file, false);
  expect(first.get('a')).toBeUndefined();
  await first.add('a', verdict);
  await appendFile(file, '{"key": "b", "pass');
  const second = await openKnownVerdicts(file, false);
  expect([second.get('a'), second.get('b')]).toEqual([verdict, undefined]);
  expect((await openKnownVerdicts(file, true)).get('a')).toBeUndefined();
});

test('a key tells its parts apart', () => {
  expect(keyOf('ab', 'c')).not.toBe(keyOf('a', 'bc'));
});
