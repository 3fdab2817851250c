// `npm test`. The property tests and those in Docker take longer: they have configurations of their own.
import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/support/longest-first.ts';
import { reporting } from './test/support/reporting.ts';

const cores = availableParallelism();
/** Most of the time tests wait for servers. */
const withServers = { maxWorkers: cores + 1, sequence: { groupOrder: 1 } };

export default defineConfig({
  test: {
    testTimeout: 180_000, // a machine may be busy
    hookTimeout: 180_000,
    sequence: { sequencer: LongestFirst },
    ...reporting,
    projects: [
      {
        extends: true,
        test: { name: 'unit', include: ['test/unit/**/*.test.ts'], isolate: false, maxWorkers: cores },
      },
      {
        extends: true,
        test: {
          name: 'cluster',
          include: ['test/**/*.test.ts'],
          exclude: ['test/{unit,engine,conformance,property,docker}/**'],
          ...withServers,
        },
      },
      {
        extends: true,
        test: {
          name: 'engine',
          include: ['test/{engine,conformance}/**/*.test.ts'],
          isolate: false, // a process has one cluster for all its files
          ...withServers,
        },
      },
    ],
  },
});
