import { defineConfig } from 'vitest/config';

/** `npm run property`: too long for `npm test`. */
export default defineConfig({
  test: { include: ['test/property/**/*.test.ts'], hookTimeout: 60_000 },
});
