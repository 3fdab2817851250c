import { defineConfig } from 'vitest/config';
import { reporting } from '../support/reporting.ts';

/** `npm run cheats`: a walk through each lesson, and every cheat at its exercise. */
export default defineConfig({
  test: { include: ['test/cheats/**/*.test.ts'], hookTimeout: 180_000, ...reporting },
});
