import { defineConfig } from 'vitest/config';
import { reporting } from '../support/reporting.ts';

/** `npm run property`: too long for `npm test`. The two take as long as they are given, so they share the time. */
export default defineConfig({
  test: {
    include: ['test/property/**/*.test.ts'],
    hookTimeout: 60_000,
    maxWorkers: 2,
    ...reporting,
  },
});
