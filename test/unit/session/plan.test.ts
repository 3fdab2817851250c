import { describe, expect, test } from 'vitest';
import type { ClusterKind } from '../../../runner/cluster/port.ts';
import { parseLesson } from '../../../runner/lesson/parse.ts';
import { plan } from '../../../runner/session/plan.ts';

const block = (info: string, text: string) => `\`\`\`${info}\n${text}\n\`\`\``;
const info = (kind: ClusterKind, engine: 'built-in' | 'citus' = 'citus') =>
  ({ kind, name: 'default', workers: 2, engine: { kind: engine, version: '', postgres: '18.4' } }) as const;

/** Why the blocks of each step are skipped. */
function skips(steps: readonly string[], cluster = info('external')) {
  const text = ['# A', ...steps.map((step, i) => `## Step ${i}\n\n${step}`)].join('\n\n');
  const planned = plan(parseLesson('01-a.md', text), cluster, { solve: true });
  return steps.map((_, i) =>
    planned.blocks.filter(({ step }) => step.number === i + 1).map(({ skip }) => skip),
  );
}

const plain = block('sql', 'SELECT 1');
const kills = block('bash', 'echo now; lesson node kill worker-2');
const barred = expect.stringContaining('lesson does not manage the servers');
const after = 'it may build on a step that was skipped';

describe('on servers that are somebody else’s', () => {
  test('the step that works on one is skipped whole, and so are all after it', () => {
    expect(skips([plain, `${plain}\n\n${kills}`, plain])).toEqual([[undefined], [barred, barred], [after]]);
  });

  test.each(['stop', 'start', 'restart', 'pause', 'resume', 'add', 'remove', 'standby', 'promote'])(
    'lesson node %s works on one',
    (verb) => {
      expect(skips([block('bash', `lesson  node ${verb} worker-1`)])).toEqual([[barred]]);
    },
  );

  test('to list them works on none', () => {
    expect(skips([block('bash', 'lesson node list'), block('bash', 'lesson url')])).toEqual([
      [undefined],
      [undefined],
    ]);
  });

  test('a solution that works on one counts', () => {
    const exercise = [
      block('bash {exercise}', '# you'),
      block('bash {solution}', 'lesson node stop worker-1'),
    ];
    expect(skips([exercise.join('\n\n'), plain])).toEqual([[barred], [after]]);
  });
});

test('where a worker cannot be reached, the step that runs SQL on one is skipped, and all after it', () => {
  const there = block('sql {node=worker-2}', 'SELECT 1');
  const unreached = expect.stringContaining(
    'it runs SQL on a worker, and worker-1 cannot be reached from here',
  );
  const cluster = { ...info('external'), unreachable: 'worker-1' };
  expect(skips([plain, there, plain], cluster)).toEqual([[undefined], [unreached], [after]]);
  expect(skips([plain, there, plain])).toEqual([[undefined], [undefined], [undefined]]);
});

test.each(['local', 'docker'] as const)('on a %s cluster nothing of that is skipped', (kind) => {
  expect(skips([kills, plain], info(kind))).toEqual([[undefined], [undefined]]);
});

test.each([
  ['2', undefined],
  ['1', undefined],
  ['3', 'it needs 3 workers, and this cluster has 2; run it on another one: --name workers-3 --workers 3'],
  ['exactly 2', undefined],
  [
    'exactly 1',
    'it needs exactly 1 worker, and this cluster has 2; run it on another one: --name workers-1 --workers 1',
  ],
])('a lesson that needs %s workers', (workers, why) => {
  const lesson = parseLesson('01-a.md', `---\nworkers: ${workers}\n---\n# A\n\n## S\n\n${plain}`);
  expect(plan(lesson, info('local'), { solve: true }).skip).toBe(why);
});

test('whoever has servers of their own is not told to make a cluster', () => {
  const lesson = parseLesson('01-a.md', `---\nworkers: 3\n---\n# A\n\n## S\n\n${plain}`);
  expect(plan(lesson, info('external'), { solve: true }).skip).toBe(
    'it needs 3 workers, and this cluster has 2',
  );
});

test('what registers a server at port 5432 is skipped where real Citus runs on ports of its own', () => {
  const moves = block('sql', "SELECT citus_update_node(2, 'worker-1-standby', 5432)");
  const ports = expect.stringContaining('the servers of this cluster have other ports');
  expect(skips([kills, moves, plain], info('local'))).toEqual([[undefined], [ports], [after]]);
  for (const cluster of [info('local', 'built-in'), info('docker')]) {
    expect(skips([kills, moves, plain], cluster)).toEqual([[undefined], [undefined], [undefined]]);
  }
});

test('what only Citus can show is skipped on the built-in engine, and what follows is not', () => {
  const steps = [block('sql {engine=citus}', 'SELECT 1'), plain];
  expect(skips(steps, info('local', 'built-in'))).toEqual([
    ['only real Citus can show this; this is the built-in engine'],
    [undefined],
  ]);
  expect(skips(steps, info('docker'))).toEqual([[undefined], [undefined]]);
});
