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
import { playFor, playMs } from './play-for.ts';

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

test('no state of a cluster is final', { timeout: playMs + 240_000 }, async () => {
  const one = hasDisk ? fc.oneof({ weight: 5, arbitrary: damage }, fullDisk) : damage;
  const { scripts, seed, failure } = await playFor(fc.array(one, { minLength: 1, maxLength: 4 }), judge);
  console.log(`${scripts} scripts, ${count} damages; PROPERTY_SEED=${seed}`);
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
