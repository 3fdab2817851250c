// `lesson open` without a browser: what its server does when it is asked.
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSandbox, type Sandbox } from '../support/binary.ts';
import { learnerLesson } from '../support/learner-lesson.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await openSandbox();
  await sandbox.writeLessons({ '01-learn': learnerLesson });
  await sandbox.run('up');
});
afterAll(async () => {
  await sandbox?.remove();
});

/** As a browser that has opened the page. */
async function openServer() {
  const server = sandbox.start('open', '--no-browser', '--trust', '--lessons', 'lessons');
  const { origin, hash, port } = new URL((await server.printed('\n')).trim());
  const ask = (path: string, body: unknown, cookie = '') =>
    fetch(`${origin}${path}`, {
      method: 'POST',
      headers: { origin, cookie, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const entered = await ask('/api/enter', { token: hash.slice(1) });
  const cookie = entered.headers.get('set-cookie')!.split(';')[0]!;
  return {
    origin,
    port: Number(port),
    cookie,
    post: (path: string, body: unknown) => ask(path, body, cookie),
    async [Symbol.asyncDispose]() {
      server.child.kill('SIGINT');
      await server.ended;
    },
  };
}

const psql = async (sql: string) => (await sandbox.run('psql', '--', '-Atc', sql)).stdout.trim();

test('a page that is closed leaves no session on the servers that was not there before', async () => {
  await using server = await openServer();
  const sessions = () =>
    psql(
      "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'lesson' AND pid <> pg_backend_pid()",
    );
  expect((await server.post('/api/lessons/01-learn/open', {})).status).toBe(200);
  const before = await sessions();
  const closing = new AbortController();
  const headers = { cookie: server.cookie };
  const feed = await fetch(`${server.origin}/api/events`, { headers, signal: closing.signal });
  const reader = feed.body!.getReader();
  await expect.poll(sessions, { timeout: 30_000 }).not.toBe(before);
  closing.abort();
  await reader.closed.catch(() => {});
  await expect.poll(sessions, { timeout: 30_000 }).toBe(before);
});

test('an endless query of a scratch cell ends with its request', async () => {
  await using server = await openServer();
  await server.post('/api/lessons/01-learn/open', {});
  const running = () =>
    psql("SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(1000)' AND state = 'active'");
  const closing = new AbortController();
  const asked = fetch(`${server.origin}/api/scratch/run`, {
    method: 'POST',
    headers: { origin: server.origin, cookie: server.cookie, 'content-type': 'application/json' },
    body: JSON.stringify({ text: 'SELECT pg_sleep(1000)' }),
    signal: closing.signal,
  }).catch(() => {});
  await expect.poll(running, { timeout: 30_000 }).toBe('1');
  closing.abort();
  await asked;
  await expect.poll(running, { timeout: 30_000 }).toBe('0');
});

test('a scratch cell has the values that blocks captured', async () => {
  await sandbox.writeLessons({
    '01-learn': learnerLesson,
    '02-captured': '# Captured\n\n## Keep it\n\n```sql {capture=n}\nSELECT 6;\n```\n',
  });
  await using server = await openServer();
  await server.post('/api/lessons/02-captured/open', {});
  await server.post('/api/run', { block: 'keep-it/1' });
  const answer = await server.post('/api/scratch/run', { text: 'SELECT 7 * :n' });
  expect(await answer.json()).toMatchObject({ status: 'passed', output: [{ result: { rows: [['42']] } }] });
});

test('more connections than a few browsers need are not accepted, and these still work', async () => {
  await using server = await openServer();
  const sockets = Array.from({ length: 64 }, () => connect(server.port, '127.0.0.1'));
  await Promise.all(sockets.map((socket) => once(socket, 'connect')));
  const late = connect(server.port, '127.0.0.1');
  late.on('error', () => {});
  await once(late, 'close');
  for (const socket of sockets) socket.destroy();
  const course = () =>
    fetch(`${server.origin}/api/course`, { headers: { cookie: server.cookie } }).then(
      ({ status }) => status,
      () => 0,
    );
  await expect.poll(course, { timeout: 30_000 }).toBe(200);
});

test('beside another one it listens elsewhere, and says who has the cluster', async () => {
  await using first = await openServer();
  await using second = await openServer();
  expect(second.port).not.toBe(first.port);
  expect((await first.post('/api/lessons/01-learn/open', {})).status).toBe(200);
  const refused = await second.post('/api/lessons/01-learn/open', {});
  expect(await refused.json()).toMatchObject({ message: expect.stringContaining('lesson open 01-learn') });
});

test('a table that no lesson made is not removed: the page says what to do', async () => {
  await sandbox.run('psql', '--', '-c', 'DROP TABLE IF EXISTS t; CREATE TABLE mine (a int)');
  await using server = await openServer();
  const refused = await server.post('/api/lessons/01-learn/open', {});
  expect(refused.status).toBe(409);
  expect(await refused.json()).toEqual({
    message: 'A lesson starts on a clean cluster. Remove mine?',
    hint: expect.stringContaining('run 01-learn"'),
  });
  expect(await psql('SELECT count(*) FROM mine')).toBe('0');
});
