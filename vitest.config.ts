import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** Vitest's closing lines differ between versions; CI counts from a report in JSON. */
const report = process.env.TEST_REPORT;

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/property/**', 'test/docker/**'],
    // Most of the time tests wait for servers.
    maxWorkers: availableParallelism() + 1,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    ...(report && { reporters: ['default', 'json'], outputFile: { json: report } }),
  },
});
