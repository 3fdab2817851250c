// Whatever was interrupted, damaged or left behind, the next run of a lesson brings a sound cluster back, without a purge;
// a person never sees a stack. PROPERTY_MINUTES says how long (0.4); a failure prints PROPERTY_SEED, which repeats it, up to
// timing.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSandbox, type Sandbox } from '../support/binary.ts';
import { mountSmallDisk, unmountSmallDisk } from '../support/small-disk.ts';
import { type Damage, damage, fullDisk, inflict } from './damage.ts';

const { PROPERTY_MINUTES = '0.4', PROPERTY_SEED, PROPERTY_PATH } = process.env;
const milliseconds = Number(PROPERTY_MINUTES) * 60_000;
const lesson = fileURLToPath(new URL('../../lessons/03-distribution.md', import.meta.url));
const stack = /^\s+at .*\(?(?:file:|node:|\/)/m;

/** Room for a cluster, a standby and what a lesson writes. */
const diskSize = '700m';

let sandbox: Sandbox;
let hasDisk = false;
beforeAll(async () => {
  sandbox = await openSandbox();
  hasDisk = await mountSmallDisk(sandbox, diskSize);
  await sandbox.writeLessons({ '03-distribution': await readFile(lesson, 'utf8') });
});
afterAll(async () => {
  await sandbox.run('down', '--all', '--purge');
  await unmountSmallDisk(sandbox);
  await sandbox.remove();
});

let count = 0;

test('no state of a cluster is final', { timeout: milliseconds + 240_000 }, async () => {
  let current = Promise.resolve();
  const property = fc.asyncProperty(
    fc.array(hasDisk ? fc.oneof({ weight: 5, arbitrary: damage }, fullDisk) : damage, {
      minLength: 1,
      maxLength: 4,
    }),
    (script) => {
      current = judge(script);
      return current;
    },
  );
  const details = await fc.check(property, {
    numRuns: 1_000_000,
    interruptAfterTimeLimit: milliseconds,
    markInterruptAsFailure: false,
    endOnFailure: true,
    ...(PROPERTY_SEED === undefined ? {} : { seed: Number(PROPERTY_SEED) }),
    ...(PROPERTY_PATH === undefined ? {} : { path: PROPERTY_PATH }),
  });
  const end = await current.then(
    () => '',
    (error) => String(error?.stack),
  );
  console.log(`${details.numRuns} scripts, ${count} damages; PROPERTY_SEED=${details.seed}`);
  const failure = details.failed ? `${end}\n${await fc.asyncDefaultReportMessage(details)}` : end;
  expect(failure).toBe('');
  expect(count).toBeGreaterThan(0);
});

async function judge(script: readonly Damage[]): Promise<void> {
  for (const what of script) {
    const printed = await inflict(what, sandbox);
    count += 1;
    expect([what, printed]).toEqual([what, expect.not.stringMatching(stack)]);
  }
  const { exitCode, stdout, stderr } = await sandbox.run('run', '03-distribution', '--yes');
  const told = `${JSON.stringify(script)}\n${stdout.slice(-2000)}\n${stderr}`;
  expect([exitCode, exitCode === 0 ? '' : told]).toEqual([0, '']);
  expect([script, stderr]).toEqual([script, expect.not.stringMatching(stack)]);
}
