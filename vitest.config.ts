// `npm test`, and `npm run test:long` for the files that take longest, `*.long.test.ts`. The property tests, those in
// Docker and the cheats have configurations of their own.
import { availableParallelism } from 'node:os';
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';
import { reporting } from './test/support/reporting.ts';

const cores = availableParallelism();
/** Most of the time tests wait for servers. */
const withServers = {
  maxWorkers: cores + 1,
  sequence: { groupOrder: 1 },
  retry: process.env.CI ? 1 : 0, // of machines that are shared; the report says which were tried once more
};

const noServers = 'test/unit/**';
const ofEngine = 'test/{engine,conformance}/**';
const elsewhere = 'test/{property,docker,cheats}/**';
const long = '**/*.long.test.ts';

export default defineConfig({
  test: {
    testTimeout: 180_000, // a machine may be busy
    hookTimeout: 180_000,
    ...reporting,
    projects: [
      project('unit', {
        include: [`${noServers}/*.test.ts`],
        setupFiles: 'test/support/seed.ts',
        isolate: false,
        maxWorkers: cores,
      }),
      project('cluster', {
        include: ['test/**/*.test.ts'],
        exclude: [noServers, ofEngine, elsewhere, long],
        ...withServers,
      }),
      project('long-cluster', { include: [`test/${long}`], exclude: [ofEngine, elsewhere], ...withServers }),
      // A process has one cluster for all its files.
      project('engine', {
        include: [`${ofEngine}/*.test.ts`],
        exclude: [long],
        isolate: false,
        ...withServers,
      }),
      project('long-engine', { include: [`${ofEngine}/*.long.test.ts`], isolate: false, ...withServers }),
    ],
  },
});

function project(
  name: string,
  test: NonNullable<TestProjectInlineConfiguration['test']>,
): TestProjectInlineConfiguration {
  return { extends: true, test: { ...test, name } };
}
