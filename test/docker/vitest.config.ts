import { defineConfig } from 'vitest/config';
import { reporting } from '../support/reporting.ts';

/** `npm run docker`: real containers, on the engine that is here or one of our own. */
export default defineConfig({
  test: {
    include: ['test/docker/**/*.test.ts'],
    globalSetup: ['test/docker/stage.ts'],
    fileParallelism: false,
    testTimeout: 600_000,
    hookTimeout: 600_000,
    ...reporting,
  },
});
