// `lesson open` without a browser: what its server does when it is asked.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSandbox, type Running, type Sandbox } from '../support/binary.ts';
import { learnerLesson } from '../support/learner-lesson.ts';

let sandbox: Sandbox;
let server: Running;
beforeAll(async () => {
  sandbox = await openSandbox();
  await sandbox.writeLessons({ '01-learn': learnerLesson });
  await sandbox.run('up');
});
afterAll(async () => {
  server?.child.kill('SIGINT');
  await server?.ended;
  await sandbox?.remove();
});

test('a table that no lesson made is not removed: the page says what to do', async () => {
  await sandbox.run('psql', '--', '-c', 'CREATE TABLE mine (a int)');
  server = sandbox.start('open', '--no-browser', '--trust', '--lessons', 'lessons');
  const { origin, hash } = new URL((await server.printed('\n')).trim());
  const post = (path: string, body: unknown, cookie = '') =>
    fetch(`${origin}${path}`, {
      method: 'POST',
      headers: { origin, cookie, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const entered = await post('/api/enter', { token: hash.slice(1) });
  const cookie = entered.headers.get('set-cookie')!.split(';')[0]!;

  const refused = await post('/api/lessons/01-learn/open', {}, cookie);
  expect(refused.status).toBe(409);
  expect(await refused.json()).toEqual({
    message: 'A lesson starts on a clean cluster. Remove mine?',
    hint: expect.stringContaining('run 01-learn"'),
  });
  expect(await sandbox.run('psql', '--', '-Atc', 'SELECT count(*) FROM mine')).toMatchObject({
    stdout: '0\n',
  });
});
