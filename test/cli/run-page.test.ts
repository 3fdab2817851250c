// `lesson run --page` without a browser: what its server tells, and that nothing can be done there.
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSandbox, type Sandbox } from '../support/binary.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await openSandbox();
  const go = path.join(sandbox.dir, 'go');
  await sandbox.writeLessons({
    '01-wait': `# Wait\n\n## Here\n\n\`\`\`bash\nuntil test -e '${go}'; do sleep 0.05; done; echo gone on\n\`\`\`\n`,
  });
});
afterAll(async () => {
  await sandbox?.remove();
});

test('whoever has the URL sees the run from its first event to its last, and can do nothing', async () => {
  const running = sandbox.start('run', '01-wait', '--yes', '--page', '--lessons', 'lessons');
  const { origin, hash } = new URL(/http:\S+/.exec(await running.complained('\n\n'))![0]);
  const post = (what: string, body: unknown, cookie = '') =>
    fetch(`${origin}${what}`, {
      method: 'POST',
      headers: { origin, cookie, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  expect((await fetch(`${origin}/api/events`)).status).toBe(401);
  const entered = await post('/api/enter', { token: hash.slice(1) });
  const cookie = entered.headers.get('set-cookie')!.split(';')[0]!;
  const feed = await fetch(`${origin}/api/events`, { headers: { cookie } });
  const course = async () => (await fetch(`${origin}/api/course`, { headers: { cookie } })).json();
  await expect.poll(course, { timeout: 30_000 }).toEqual({
    lessons: [{ id: '01-wait', title: 'Wait' }],
    current: '01-wait',
    watched: 'lesson run 01-wait',
  });
  for (const [what, body] of [
    ['/api/run', { block: 'here/1', text: 'exit 1' }],
    ['/api/cancel', {}],
    ['/api/restore', { block: 'here/1' }],
    ['/api/scratch/run', { text: 'SELECT 1' }],
    ['/api/nodes/worker-1/kill', {}],
    ['/api/lessons/01-wait/open', {}],
  ] as const) {
    expect((await post(what, body, cookie)).status).toBe(404);
  }
  await writeFile(path.join(sandbox.dir, 'go'), '');
  const told = await feed.text(); // it ends with the run
  for (const event of ['run-started', 'gone on', 'run-finished']) expect(told).toContain(event);
  expect((await running.ended).exitCode).toBe(0);
});
