// What becomes of a run whose output nobody takes, and of its reports when it ends before its time.
import { spawn } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../../runner/system/until.ts';
import { bin, openSandbox, type Sandbox, sandboxEnvironment } from '../support/binary.ts';

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await openSandbox();
  await sandbox.run('up');
});

afterAll(() => sandbox.remove());

const lesson = (...steps: readonly string[]) =>
  ['---\ninit: false\n---\n# A', ...steps.map((sql, at) => `## ${at}\n\n\`\`\`sql\n${sql}\n\`\`\``)].join(
    '\n\n',
  );

const never = new AbortController().signal;

/** A script for bash. */
async function bash(script: string) {
  const child = spawn('bash', ['-c', script], {
    cwd: sandbox.dir,
    env: sandboxEnvironment(sandbox.dir),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = new Promise((resolve) => child.on('close', resolve));
  const [stdout, stderr, exitCode] = await Promise.all([text(child.stdout), text(child.stderr), exited]);
  return { stdout, stderr, exitCode };
}

const report = (name: string) => readFile(path.join(sandbox.dir, name), 'utf8');

describe('a reader that went away', () => {
  test('does not end a run, change its exit code or cut its reports', async () => {
    await sandbox.writeLessons({ '01-a': lesson('SELECT 1'), '02-b': lesson('SELECT nosuch', 'SELECT 1') });
    const args = '--reporter terminal --reporter junit=gone.xml --reporter json=gone.jsonl';
    const { exitCode, stderr } = await bash(
      `lesson check --trust ${args} | head -1 >/dev/null; exit \${PIPESTATUS[0]}`,
    );
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: '' });
    expect(await report('gone.xml')).toContain('<testsuites name="lesson" tests="2" failures="1"');
    expect(await report('gone.jsonl')).toMatch(/"type":"run-finished",.*\}\n$/);
    expect(await readdir(path.join(sandbox.dir, 'state', 'locks'))).toEqual([]);
  });

  test('lets another command end quietly', async () => {
    await sandbox.writeLessons({ '01-a': lesson('SELECT 1') });
    const { exitCode, stderr } = await bash('set -o pipefail; lesson list | true');
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  });
});

test('in a workflow of GitHub failures are annotated beside what people read, and summed up', async () => {
  await sandbox.writeLessons({ '01-a': lesson('SELECT 1', 'SELECT nosuch') });
  await bash('echo "# before" >summary.md');
  const args = '--reporter terminal --reporter github --reporter tap=report.tap';
  const { exitCode, stdout } = await bash(
    `cd lessons; export GITHUB_WORKSPACE="$HOME" GITHUB_STEP_SUMMARY="$HOME/summary.md"; cp 01-a.md ..; lesson check --trust ../01-a.md ${args}`,
  );
  expect(exitCode).toBe(1);
  expect(stdout).toMatch(/^::error title=01-a%3A 1,file=01-a\.md,line=15::✗ SQL /m);
  expect(stdout).toContain('✗ FAILED  01-a');
  expect(await report('summary.md')).toMatch(/^# before\n\n\| lesson .*\n.*\n\| ❌ 01-a \| 2 \| 1 \|/);
  expect(await report('lessons/report.tap')).toMatch(/^TAP version 14\n.*\n1\.\.1\n$/s);
});

describe('a full disk', () => {
  test.each([
    ['a list', 'lesson list >/dev/full', 'lesson: cannot write its output: ENOSPC'],
    ['a run', 'lesson check --trust >/dev/full', 'lesson: cannot write its output: ENOSPC'],
    [
      'a report',
      'lesson check --trust --reporter json=/dev/full',
      'lesson: cannot write the report "/dev/full": ENOSPC',
    ],
    [
      'a report with an end',
      'lesson check --trust --reporter junit=/dev/full',
      'lesson: cannot write the report "/dev/full": ENOSPC',
    ],
  ])('under the output of %s is named, and ends in 1', async (_name, command, words) => {
    await sandbox.writeLessons({ '01-a': lesson('SELECT 1') });
    const { exitCode, stderr } = await bash(command);
    expect(stderr).toContain(words);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(exitCode).toBe(1);
  });
});

test('variables of libpq do not reach the sessions of a run', async () => {
  await sandbox.writeLessons({ '01-a': lesson('CREATE TABLE t (n int)') });
  const options =
    "PGOPTIONS='-c default_transaction_read_only=on' PGSSLNEGOTIATION=direct PGHOSTADDR=192.0.2.1";
  const { exitCode, stderr } = await bash(`${options} lesson run --trust 01-a --yes`);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
});

test('a terminal that is closed while a key is waited for ends in 129', async () => {
  await sandbox.writeLessons({ '01-a': lesson('SELECT 1') });
  const inside = `trap : HUP; '${process.execPath}' '${bin}' run 01-a --trust; echo $? >code`;
  const terminal = spawn('script', ['--quiet', '--flush', '--command', inside, '/dev/null'], {
    cwd: sandbox.dir,
    env: { ...sandboxEnvironment(sandbox.dir), SHELL: '/bin/sh', TERM: 'dumb' },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  for await (const chunk of terminal.stdout) if (`${chunk}`.includes('quit')) terminal.kill('SIGKILL');
  const code = async () => (await report('code').catch(() => '')) || undefined;
  expect(await until(code, { signal: never, timeoutMs: 20_000 })).toBe('129\n');
});

describe('reports of a run that ended before its time', () => {
  /** Starts a lesson whose third step takes long, and does this to it there. */
  async function end(how: (pid: number) => void) {
    await sandbox.writeLessons({ '01-a': lesson('SELECT 1', 'SELECT 2', 'SELECT pg_sleep(100)') });
    const args = ['--reporter', 'terminal', '--reporter', 'junit=cut.xml', '--reporter', 'json=cut.jsonl'];
    const running = sandbox.start('run', '01-a', '--yes', ...args);
    await running.printed('SELECT pg_sleep');
    how(running.child.pid!);
    const { exitCode, signal } = await running.ended;
    const events = (await report('cut.jsonl')).trimEnd().split('\n');
    return { exitCode, signal, xml: await report('cut.xml'), events: events.map((line) => JSON.parse(line)) };
  }

  test('by an interruption are complete', async () => {
    const { exitCode, xml, events } = await end((pid) => process.kill(pid, 'SIGINT'));
    expect(exitCode).toBe(130);
    expect(xml).toContain('actual   interrupted</failure>');
    expect(xml).toMatch(/<\/testsuites>\n$/);
    expect(events.at(-1)).toMatchObject({ type: 'run-finished' });
  });

  test('by a kill hold the steps that were finished, and are valid', async () => {
    const { signal, xml, events } = await end((pid) => process.kill(pid, 'SIGKILL'));
    expect(signal).toBe('SIGKILL');
    expect(xml).toContain('<testsuite name="01-a" tests="3" failures="1"');
    expect(xml).toContain('the lesson did not finish: the run was killed');
    expect(xml).toMatch(/<\/testsuites>\n$/);
    expect(events.filter(({ type }) => type === 'step-finished')).toHaveLength(2);
  });

  test('by a second signal are valid, on stdout too', async () => {
    await sandbox.writeLessons({ '01-a': lesson('SELECT 1', 'SELECT pg_sleep(100)') });
    const { child, ended } = sandbox.start(
      'run',
      '01-a',
      '--yes',
      '--reporter',
      'junit',
      '--reporter',
      'json=2.jsonl',
    );
    const isAsleep = async () => (await report('2.jsonl').catch(() => '')).includes('SELECT pg_sleep');
    await until(isAsleep, { signal: never, timeoutMs: 30_000 });
    child.kill('SIGINT');
    child.kill('SIGTERM');
    const { exitCode, stdout } = await ended;
    expect([130, 143]).toContain(exitCode); // which of two that are pending comes first is the system's choice
    expect(stdout).toContain('the lesson did not finish: the run was killed');
    expect(stdout).toMatch(/<\/testsuites>\n$/);
  });
});
