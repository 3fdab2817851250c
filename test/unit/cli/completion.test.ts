import { describe, expect, test } from 'vitest';
import { commandsFor } from '../../../runner/cli/commands.ts';
import { candidates } from '../../../runner/cli/completion.ts';

const commands = commandsFor({});

async function words(...typed: readonly string[]): Promise<readonly string[]> {
  const found = await candidates(typed, commands, {
    lessons: async (dir) => (dir === 'mine' ? ['01-mine'] : ['01-cluster', '03-distribution']),
    nodes: async (cluster) => (cluster === 'two' ? ['worker-9'] : ['coordinator', 'worker-1']),
  });
  return found.map(({ word }) => word);
}

describe('where the cursor is, there can stand', () => {
  test.each([
    [['ru'], ['run']],
    [['li'], ['list', 'lint']],
    [
      ['node', 'p'],
      ['pause', 'promote'],
    ],
    [['help', 'node', 'k'], ['kill']],
    [['run', '--y'], ['--yes']],
    [['run', '01-cluster', '03'], ['03-distribution']],
    [['run', '--lessons', 'mine', ''], ['01-mine']],
    [['run', '--lessons=mine', ''], ['01-mine']],
    [['run', '--lessons', '=', 'mine', ''], ['01-mine']],
    [['run', '--lessons', ''], []],
    [
      ['up', '--cluster', ''],
      ['local', 'docker', 'postgres', 'postgres://'],
    ],
    [
      ['up', '--cluster', '='],
      ['local', 'docker', 'postgres', 'postgres://'],
    ],
    [['up', '--cluster', '=', 'do'], ['docker']],
    [['node', 'kill', 'w'], ['worker-1']],
    [['node', 'kill', '--name', 'two', ''], ['worker-9']],
    [['node', 'kill', 'worker-1', ''], []],
    [
      ['psql', ''],
      ['coordinator', 'worker-1'],
    ],
    [['completion', 'z'], ['zsh']],
    [['nonsense', ''], []],
    [['up', ''], []],
  ])('%j: %j', async (typed, expected) => {
    expect(await words(...typed)).toEqual(expected);
  });

  test('every command, where nothing is typed', async () => {
    expect(await words('')).toEqual(expect.arrayContaining(['list', 'run', 'node', 'completion']));
  });
});
