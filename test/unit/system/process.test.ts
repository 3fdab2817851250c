// Real processes: what a deadline and an abort do to them, and to what they started.
import { describe, expect, test } from 'vitest';
import { type ProcessOptions, runProcess } from '../../../runner/system/process.ts';
import { isAlive } from '../../../runner/system/processes.ts';
import { until } from '../../../runner/system/until.ts';

const never = new AbortController().signal;

function bash(script: string, options: Partial<ProcessOptions> = {}) {
  return runProcess('bash', ['-c', script], { signal: never, timeoutMs: 30_000, graceMs: 100, ...options });
}

/** Resolves when a process is gone; fails the test after a while. */
async function gone(pid: string | undefined) {
  const isGone = async () => !(await isAlive(Number(pid)));
  expect(await until(isGone, { signal: never, timeoutMs: 5_000 })).toBe(true);
}

describe('a process that ends by itself', () => {
  test('tells its exit code and what it printed, each stream apart', async () => {
    expect(await bash('echo out; echo err >&2; exit 3')).toEqual({
      exitCode: 3,
      killedBy: null,
      why: 'ended',
      stdout: 'out\n',
      stderr: 'err\n',
    });
  });

  test('tells the signal that ended it', async () => {
    expect(await bash('kill -KILL $$')).toMatchObject({ exitCode: null, killedBy: 'SIGKILL', why: 'ended' });
  });

  test('reads its input, and need not read all of it', async () => {
    expect((await bash('cat', { input: 'a line' })).stdout).toBe('a line');
    expect((await bash('exit 0', { input: 'x'.repeat(1_000_000) })).exitCode).toBe(0);
  });

  test('gives its lines as they come', async () => {
    const lines: string[] = [];
    await bash('echo one; echo two; printf three', { onLine: (line) => lines.push(line) });
    expect(lines).toEqual(['one', 'two', 'three']);
  });

  test('is not waited for where something that it left keeps the pipe open', async () => {
    const { why, exitCode, stdout } = await bash('sleep 100 & echo $!');
    expect({ why, exitCode }).toEqual({ why: 'ended', exitCode: 0 });
    process.kill(Number(stdout), 'SIGKILL');
  });
});

describe('a process that takes too long', () => {
  const timeoutMs = 300;

  test('is asked to end, with all of its group', async () => {
    const { why, killedBy, stdout } = await bash('sleep 100 & echo $!; wait', { timeoutMs });
    expect({ why, killedBy }).toEqual({ why: 'timed-out', killedBy: 'SIGTERM' });
    await gone(stdout);
  });

  test('may end in order, with an exit code of its own', async () => {
    const { why, exitCode } = await bash('trap "exit 7" TERM; sleep 100 & wait', {
      timeoutMs,
      graceMs: 5_000,
    });
    expect({ why, exitCode }).toEqual({ why: 'timed-out', exitCode: 7 });
  });

  test('is killed where it ignores being asked', async () => {
    const { why, killedBy } = await bash('trap "" TERM; while :; do sleep 0.05; done', { timeoutMs });
    expect({ why, killedBy }).toEqual({ why: 'timed-out', killedBy: 'SIGKILL' });
  });

  test('takes a child along that has a session of its own', async () => {
    const { why, stdout } = await bash('setsid sleep 100 & echo $!; wait', { timeoutMs });
    expect(why).toBe('timed-out');
    await gone(stdout);
  });

  test('is not waited for longer where a child that nobody can find keeps the pipe open', async () => {
    const orphan =
      'trap "" TERM; (setsid bash -c "echo \\$\\$; exec sleep 100" &); while :; do sleep 0.05; done';
    const { why, stdout } = await bash(orphan, { timeoutMs });
    expect(why).toBe('timed-out');
    process.kill(Number(stdout), 'SIGKILL');
  });
});

describe('an abort', () => {
  test('ends the process as a deadline does', async () => {
    const stop = new AbortController();
    const end = await bash('echo ready; setsid sleep 100 & echo $!; wait', {
      signal: stop.signal,
      onLine: (line) => line !== 'ready' && stop.abort(),
    });
    expect(end).toMatchObject({ why: 'interrupted', killedBy: 'SIGTERM' });
    await gone(end.stdout.split('\n')[1]);
  });

  test('that came before starts nothing', async () => {
    await expect(bash('exit 0', { signal: AbortSignal.abort() })).rejects.toThrow('aborted');
  });
});

test('of endless output a part is kept', async () => {
  const { stdout } = await bash('head -c 20000000 /dev/zero | tr "\\0" x');
  expect(stdout.length).toBe(10_000_000);
});

test('a program that is not there cannot be started', async () => {
  const limits = { signal: never, timeoutMs: 1_000 };
  await expect(runProcess('/no/such/program', [], limits)).rejects.toThrow('ENOENT');
});
