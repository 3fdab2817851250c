import { expect, test } from 'vitest';
import { compareClusters } from '../../../runner/app/compare-clusters.ts';
import * as on from '../report/events.ts';

const both = ['local', 'docker'];

test('what is the same on both is only counted', () => {
  const { listen, describe } = compareClusters(both);
  for (const cluster of [0, 1]) for (const event of [on.passed, on.tried(true)]) listen(cluster, event);
  expect(describe()).toBe('local and docker differ in 0 of 2 blocks and answers.\n');
});

test('what one does and the other does not is named with its line', () => {
  const { listen, describe } = compareClusters(both);
  listen(0, on.passed);
  listen(1, on.failed);
  listen(0, on.tried(false));
  listen(1, on.tried(true));
  expect(describe()).toBe(
    [
      'lessons/01-a.md:12: the block passed on local, failed on docker',
      'lessons/01-a.md:12: the wrong failed on local, passed on docker',
      'local and docker differ in 2 of 2 blocks and answers.',
      '',
    ].join('\n'),
  );
});

test('what ran on one only is no difference, and is counted', () => {
  const { listen, describe } = compareClusters(both);
  listen(0, on.passed);
  listen(1, on.skipped);
  expect(describe()).toBe(
    'local and docker differ in 0 of 0 blocks and answers; 1 ran on one of them only.\n',
  );
});

test('what failed once has failed', () => {
  const { listen, describe } = compareClusters(both);
  for (const event of [on.failed, on.passed]) listen(0, event);
  listen(1, on.passed);
  expect(describe()).toContain('failed on local, passed on docker');
});
