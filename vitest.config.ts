import { defineConfig } from 'vitest/config';

/** Vitest's closing lines differ between versions; CI counts from a report in JSON. */
const report = process.env.TEST_REPORT;

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/property/**', 'test/docker/**'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    ...(report && { reporters: ['default', 'json'], outputFile: { json: report } }),
  },
});
