// The scripts of `lesson completion` in the shells themselves, where this machine has them.
import { execFile, spawnSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openSandbox, type Sandbox, sandboxEnvironment } from '../support/binary.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await openSandbox();
  await sandbox.writeLessons({ '01-first': '# A\n\n## S\n', '02-second': '# B\n\n## S\n' });
  const cluster = path.join(sandbox.dir, 'state', 'clusters', 'default');
  await mkdir(cluster, { recursive: true });
  await writeFile(
    path.join(cluster, 'cluster.json'),
    '{"nodes": [{"name": "coordinator"}, {"name": "worker-1"}]}',
  );
});
afterAll(() => sandbox.remove());

/** What a script prints, line by line. */
function shell(program: string, args: readonly string[]): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    const options = { cwd: sandbox.dir, env: sandboxEnvironment(sandbox.dir) };
    execFile(program, args, options, (error, stdout, stderr) => {
      if (error || stderr !== '') reject(error ?? new Error(stderr));
      else resolve(stdout.split('\n').filter((line) => line !== ''));
    });
  });
}

const isMissing = (program: string) => spawnSync(program, ['--version']).error !== undefined;

/** What was typed, and what Tab offers. */
const cases: readonly (readonly [typed: readonly string[], offered: readonly string[]])[] = [
  [['ru'], ['run']],
  [
    ['run', '0'],
    ['01-first', '02-second'],
  ],
  [['run', '--ye'], ['--yes']],
  [['node', 'ki'], ['kill']],
  [['node', 'kill', 'w'], ['worker-1']],
  [
    ['help', 'node', 'res'],
    ['restart', 'resume'],
  ],
  [['run', '--lessons', '/nowhere', ''], []],
];

describe('bash', () => {
  test.each(cases)('completes %j: %j', async (typed, offered) => {
    const words = ['lesson', ...typed].map((word) => `'${word}'`).join(' ');
    const script = `eval "$(lesson completion bash)"
      COMP_WORDS=(${words}) COMP_CWORD=${typed.length}
      _lesson; printf '%s\\n' "\${COMPREPLY[@]}"`;
    expect(await shell('bash', ['-c', script])).toEqual(offered);
  });
});

describe.skipIf(isMissing('zsh'))('zsh', () => {
  test('completes the verb of a node', async () => {
    const script = `lesson completion zsh >script; zsh -n script
      compdef() { :; }; source script
      _describe() { print -l "\${(@)\${(P)2}%%:*}"; }; _files() { :; }
      words=(lesson node ki) CURRENT=3; _lesson`;
    expect(await shell('zsh', ['-f', '-c', script])).toEqual(['kill']);
  });
});

describe.skipIf(isMissing('fish'))('fish', () => {
  test.each(cases.filter(([, offered]) => offered.length > 0))('completes %j: %j', async (typed, offered) => {
    const script = `lesson completion fish | source; complete --do-complete '${['lesson', ...typed].join(' ')}'`;
    const lines = await shell('fish', ['--no-config', '-c', script]);
    expect(lines.map((line) => line.split('\t')[0])).toEqual(offered);
  });
});

test('a request that cannot be answered prints nothing', async () => {
  for (const words of [[], ['node', 'kill', '--name', '../..', ''], ['run', '--lessons', '/dev/null', '']]) {
    expect(await sandbox.run('__complete', ...words)).toMatchObject({ exitCode: 0, stderr: '' });
  }
});
