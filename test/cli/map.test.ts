// `lesson map`: the cluster as a picture, and as data.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSandbox, type Sandbox } from '../support/binary.ts';
import { openTestTerminal, tmuxVersion } from '../support/terminal.ts';

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await openSandbox();
  await sandbox.run('up');
  await sandbox.run(
    'psql',
    '--',
    '-c',
    "CREATE TABLE map_me (k int); SELECT create_distributed_table('map_me', 'k', shard_count => 4); INSERT INTO map_me SELECT generate_series(1, 10)",
  );
});

afterAll(() => sandbox.remove());

test('draws the nodes and their shards', async () => {
  const { stdout, exitCode } = await sandbox.run('map');
  expect(exitCode).toBe(0);
  for (const text of ['coordinator', 'worker-1', 'worker-2', 'map_me']) expect(stdout).toContain(text);
});

test('tells the same as JSON', async () => {
  const { stdout } = await sandbox.run('map', '--json');
  const text = JSON.stringify(JSON.parse(stdout));
  for (const name of ['coordinator', 'worker-1', 'worker-2', 'map_me']) expect(text).toContain(`"${name}"`);
});

test.skipIf(tmuxVersion === undefined)(
  'shows what has changed while it watches, until it is ended',
  async () => {
    const terminal = await openTestTerminal(sandbox, ['map', '--watch']);
    try {
      await terminal.shows('map_me');
      expect(await terminal.screen()).not.toContain('down');
      await sandbox.run('node', 'stop', 'worker-2');
      await terminal.shows('down');
      await terminal.press('q');
      await terminal.shows('[exit 0]');
    } finally {
      await terminal.close();
    }
  },
);

test('cannot watch where nobody looks', async () => {
  const { stderr, exitCode } = await sandbox.run('map', '--watch');
  expect(stderr).toContain('--watch needs a terminal');
  expect(exitCode).toBe(2);
});
