// Whatever is done to it, a distributed table holds what a plain one holds; its copies agree; its rows are where they belong.
// PROPERTY_MINUTES says how long (0.4); a failure prints PROPERTY_SEED and PROPERTY_PATH, which repeat it.
import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testCluster } from '../support/cluster.ts';
import { judge, type Sessions } from './judge.ts';
import { script } from './script.ts';
import { createTypes } from './values.ts';

const { PROPERTY_MINUTES = '0.4', PROPERTY_SEED, PROPERTY_PATH } = process.env;
const milliseconds = Number(PROPERTY_MINUTES) * 60_000;

let sessions: Sessions;
beforeAll(async () => {
  const address = await (await testCluster({ workers: 3 })).address('coordinator');
  const open = async () => {
    const client = new pg.Client({ ...address, ssl: false });
    await client.connect();
    return client;
  };
  sessions = { plain: await open(), distributed: await open() };
  await sessions.plain.query(createTypes);
});
afterAll(() => Promise.all([sessions?.plain.end(), sessions?.distributed.end()]));

test('a distributed table holds what a plain one holds', { timeout: milliseconds + 120_000 }, async () => {
  // fast-check stops waiting when the time is over, in the middle of a script.
  let current = Promise.resolve();
  const property = fc.asyncProperty(script, (random) => {
    current = judge(random, sessions);
    return current;
  });
  const details = await fc.check(property, {
    numRuns: 1_000_000,
    interruptAfterTimeLimit: milliseconds,
    markInterruptAsFailure: false,
    ...(PROPERTY_SEED === undefined ? {} : { seed: Number(PROPERTY_SEED) }),
    ...(PROPERTY_PATH === undefined ? {} : { path: PROPERTY_PATH }),
  });
  await current.catch(() => {});
  console.log(`${details.numRuns} scripts, PROPERTY_SEED=${details.seed}`);
  const failure = details.failed
    ? `${(details.errorInstance as Error | null)?.message}\n${await fc.asyncDefaultReportMessage(details)}\n` +
      `Again: PROPERTY_SEED=${details.seed} PROPERTY_PATH=${details.counterexamplePath} npm run property`
    : '';
  expect(failure).toBe('');
  expect(details.numRuns).toBeGreaterThan(0);
});
