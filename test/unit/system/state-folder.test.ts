import { expect, test } from 'vitest';
import { checkClusterName } from '../../../runner/cluster/orchestration/names.ts';
import { stateDir } from '../../../runner/system/state-folder.ts';

test.each([
  ['LESSON_STATE_DIR', { LESSON_STATE_DIR: '/a b', HOME: '/h' }, 'linux', true, '/a b'],
  ['root', { HOME: '/root' }, 'linux', true, '/var/lib/lesson'],
  ['XDG_STATE_HOME', { XDG_STATE_HOME: '/s', HOME: '/h' }, 'linux', false, '/s/lesson'],
  ['HOME', { HOME: '/h' }, 'darwin', false, '/h/.local/state/lesson'],
  ['LOCALAPPDATA', { LOCALAPPDATA: '/l' }, 'win32', false, '/l/lesson'],
] as const)('state lives where %s says', (_, env, platform, root, expected) => {
  expect(stateDir(env, platform, root)).toBe(expected);
});

test.each(['', '..', 'a/b', 'A', '-a', 'a.b', 'x'.repeat(31)])(
  '"%s" is not a valid name for a cluster',
  (name) => {
    expect(() => checkClusterName(name)).toThrow(`"${name}" is not a valid name for a cluster`);
  },
);
