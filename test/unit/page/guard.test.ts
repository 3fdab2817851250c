// What another site, another user of this machine or a stranger may send to the page's server is refused.
import { Hono } from 'hono';
import { expect, test } from 'vitest';
import { pageApp } from '../../../runner/page/app.ts';
import { openGuard, securityHeaders } from '../../../runner/page/guard.ts';

const host = '127.0.0.1:4321';
const origin = `http://${host}`;

function server(proxied?: string) {
  const guard = openGuard(() => [host, 'localhost:4321'], proxied);
  const app = new Hono();
  app.use(securityHeaders, guard.check);
  app.post('/api/enter', guard.enter);
  app.get('/api/course', (context) => context.text('the course'));
  app.post('/api/run', (context) => context.text('ran'));
  app.get('*', (context) => context.text('the page'));
  return { guard, app };
}

type Headers = Readonly<Record<string, string>>;
const get = (headers: Headers) => ({ headers: { host, ...headers } });
const post = (headers: Headers, body: unknown = {}) => ({
  method: 'POST',
  headers: { host, 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
});

async function cookieOf({ guard, app }: ReturnType<typeof server>): Promise<string> {
  const entered = await app.request('/api/enter', post({ origin }, { token: guard.token }));
  return entered.headers.get('set-cookie')!.split(';')[0]!;
}

test('the token of the URL opens the page, by a cookie that only this origin sends', async () => {
  const { guard, app } = server();
  const entered = await app.request('/api/enter', post({ origin }, { token: guard.token }));
  expect(entered.status).toBe(204);
  expect(entered.headers.get('set-cookie')).toMatch(
    /^lesson-4321=[\w-]{32}; Path=\/; HttpOnly; SameSite=Strict$/,
  );
  const cookie = await cookieOf({ guard, app });
  expect((await app.request('/api/course', get({ cookie }))).status).toBe(200);
  expect((await app.request('/api/run', post({ cookie, origin }))).status).toBe(200);
});

test.each([
  ['no cookie', {}],
  ['the cookie of another server', { cookie: 'lesson-4321=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' }],
])('with %s nothing is told', async (_, headers) => {
  const { app } = server();
  expect((await app.request('/api/course', get(headers))).status).toBe(401);
});

test.each(['', 'wrong', 'x'.repeat(32)])('the token "%s" is refused', async (token) => {
  const { app } = server();
  const refused = await app.request('/api/enter', post({ origin }, { token }));
  expect(refused.status).toBe(401);
  expect(refused.headers.get('set-cookie')).toBeNull();
});

test('a name that was bound to this address by somebody else is refused', async () => {
  const opened = server();
  const cookie = await cookieOf(opened);
  for (const strange of ['evil.example:4321', '127.0.0.1:80', 'localhost.evil.example:4321', '']) {
    const answer = await opened.app.request('/api/course', get({ cookie, host: strange }));
    expect(answer.status).toBe(403);
  }
});

test('another site cannot send anything, with the cookie or without an origin', async () => {
  const opened = server();
  const cookie = await cookieOf(opened);
  for (const strange of ['http://evil.example', 'http://127.0.0.1:80', 'null', `https://${host}`]) {
    expect((await opened.app.request('/api/run', post({ cookie, origin: strange }))).status).toBe(403);
    expect((await opened.app.request('/api/course', get({ cookie, origin: strange }))).status).toBe(403);
  }
  expect((await opened.app.request('/api/run', post({ cookie }))).status).toBe(403);
});

test('the browser is told to load and to send nothing elsewhere', async () => {
  const { app } = server();
  const { headers } = await app.request('/', get({}));
  const policy = headers.get('content-security-policy')!;
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("script-src 'self'");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toContain('unsafe');
  expect(headers.get('referrer-policy')).toBe('no-referrer');
  expect(headers.get('x-content-type-options')).toBe('nosniff');
});

test('more than a learner types is not read', async () => {
  const guard = openGuard(() => [host]);
  const app = pageApp(guard, [new Hono().post('/run', (context) => context.text('ran'))]);
  const cookie = await cookieOf({ guard, app });
  const asked = await app.request('/api/run', post({ cookie, origin }, { text: 'x'.repeat(1_000_001) }));
  expect(asked.status).toBe(413);
});

test('behind a proxy the page takes the address that it was told, whether the proxy changes Host or not', async () => {
  const proxied = 'https://name-4321.example.com';
  const { guard, app } = server(proxied);
  const enter = (headers: Headers) => app.request('/api/enter', post(headers, { token: guard.token }));
  const status = async (headers: Headers) => (await enter(headers)).status;
  expect(await status({ host, origin: proxied })).toBe(204);
  expect(await status({ host: 'name-4321.example.com', origin: proxied })).toBe(204);
  expect(await status({ host, origin })).toBe(204);
  expect(await status({ host: 'name-4321.example.com', origin: 'http://name-4321.example.com' })).toBe(403);
  expect(await status({ host, origin: 'https://other.example.com' })).toBe(403);
  expect(await status({ host: 'other.example.com', origin: proxied })).toBe(403);
});
