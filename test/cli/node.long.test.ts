// `lesson node` as it is typed, and as a line of a lesson.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSandbox, type Sandbox } from '../support/binary.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await openSandbox();
  await sandbox.run('up');
});
afterAll(() => sandbox.remove());

const node = (...args: readonly string[]) => sandbox.run('node', ...args);
const says = async (line: string, ...args: readonly string[]) => {
  const { stdout, stderr, exitCode } = await node(...args);
  expect({ stdout, stderr, exitCode }).toEqual({ stdout: `${line}\n`, stderr: '', exitCode: 0 });
};

test('each verb says what is true now, also where it was true before', async () => {
  await says('worker-1 was killed.', 'kill', 'worker-1');
  await says('worker-1 was killed.', 'kill', 'worker-1');
  await says('worker-1 is up.', 'start', 'worker-1');
  await says('worker-1 is paused.', 'pause', 'worker-1');
  await says('worker-1 is running again.', 'resume', 'worker-1');
  await says('worker-1 is up again.', 'restart', 'worker-1');
  await says('worker-3 is up and registered.', 'add', 'worker-3');
  await says('worker-3 was removed.', 'remove', 'worker-3');
  await says(
    'spare streams from worker-1.',
    'standby',
    'worker-1',
    '--as',
    'spare',
    '--sync',
    '--delay',
    '1s',
  );
  await says('worker-1 is stopped.', 'stop', 'worker-1');
  await says('spare is promoted and accepts writes.', 'promote', 'spare');
  const { stdout } = await node('list');
  expect(stdout).toMatch(/^worker-1 {5}down {4}replaced by spare$/m);
  expect(stdout).toMatch(/^spare {8}up {6}127\.0\.0\.1:\d+ {2}process \d+ {2}worker$/m);
  const nodes = JSON.parse((await node('list', '--json')).stdout);
  expect(nodes.at(-1)).toMatchObject({ name: 'spare', role: 'worker', state: 'up', host: '127.0.0.1' });
  expect(JSON.stringify(nodes)).not.toContain('password');
  expect((await sandbox.run('status')).stdout).toContain('3 of 4 servers up');
});

test.each([
  [['kill'], 2, 'an argument is missing: "lesson node kill <node>"'],
  [['murder', 'worker-1'], 2, 'unknown verb "murder"'],
  [['standby', 'worker-2', '--delay', 'soon'], 2, '--delay "soon" is not a time with its unit'],
  [['kill', 'worker-9'], 3, 'unknown node "worker-9" in the cluster "default"; known: coordinator, worker-1'],
  [['kill', 'worker1'], 3, 'did you mean "worker-1"? known: coordinator, worker-1'],
  [['add', 'engine'], 2, '"engine" is not a valid name for a node'],
  [['list', '--name', 'nowhere'], 3, 'there is no cluster "nowhere"'],
] as const)('%j is refused', async (args, code, message) => {
  const { exitCode, stderr } = await node(...args);
  expect(stderr).toContain(message);
  expect(stderr).not.toContain('    at ');
  expect(exitCode).toBe(code);
});

test('a lesson kills a worker under writes, and the next one starts with it', async () => {
  await sandbox.writeLessons({
    '01-a': `---\ninit: false\n---\n# A\n\n## S
\`\`\`sql
CREATE TABLE t (n int);
\`\`\`
\`\`\`sql {background name=w every=5ms}
INSERT INTO t (n) VALUES ($1);
\`\`\`
\`\`\`bash {stop=w}
lesson node kill worker-2
lesson node list | grep -c down
\`\`\`
\`\`\`output
worker-2 was killed.
1
\`\`\`
\`\`\`check
node: {worker-2: down, worker-1: up}
lost: 0
\`\`\`
`,
    '02-b': '# B\n\n## S\n\n```sql\nSELECT 1;\n```\n```check\nnode: {worker-2: up}\n```\n',
  });
  const { exitCode, stdout } = await sandbox.run('run', '01-a', '02-b', '--yes');
  expect(stdout).toMatch(/w: \d+ writes acknowledged, none refused/);
  expect(stdout).toContain('2 lessons: 2 passed');
  expect(exitCode).toBe(0);
});

test('a cluster that is stopped is told with the command that starts it', async () => {
  await sandbox.run('down');
  for (const args of [
    ['node', 'kill', 'worker-1'],
    ['node', 'promote', 'worker-1'],
    ['url'],
    ['psql', 'worker-1'],
  ]) {
    const { exitCode, stderr } = await sandbox.run(...args);
    expect(stderr).toBe('lesson: the cluster "default" is stopped\nRun "lesson up" to start it.\n');
    expect(exitCode).toBe(3);
  }
  await says('worker-1 is stopped.', 'stop', 'worker-1');
});
