import { expect, test } from 'vitest';
import { usualPort } from '../../../runner/page/serve-page.ts';

test('the page of a cluster has the same port each time, below those that systems give away', () => {
  const names = Array.from({ length: 500 }, (_, at) => `cluster-${at}`);
  const ports = names.map((name) => usualPort(name, '/state'));
  expect(names.map((name) => usualPort(name, '/state'))).toEqual(ports);
  expect(Math.min(...ports)).toBeGreaterThanOrEqual(20_000);
  expect(Math.max(...ports)).toBeLessThan(32_000);
  expect(new Set(ports).size).toBeGreaterThan(450);
  expect(usualPort('default', '/other')).not.toBe(usualPort('default', '/state'));
});
