// What a learner waits for on the page of `lesson open`, in a headless Chromium, where there is one.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { hasChromium, launchChromium } from '../test/support/chromium.ts';
import { bin, type Environment, type Line, type Measure, medians } from './measure.ts';

const cells = 200;
const lines = 500;

export const page: Measure = async (dir, env) => {
  if (!hasChromium) return []; // which was said
  const ofCourse = ['01-lesson', '--lessons', await writeCourse(dir)];
  const browser = await launchChromium();
  try {
    return [
      await opening(browser, env),
      ...(await withServer(ofCourse, env, (url) => working(browser, url))),
      ...(await withServer(['03-distribution'], env, (url) => attached(browser, url))),
    ];
  } finally {
    await browser.close();
  }
};

const line = (what: string, ms: number, target: string): Line => ({
  what,
  measured: `${ms.toFixed(ms < 100 ? 1 : 0)} ms`,
  target,
});

async function opening(browser: Browser, env: Environment): Promise<Line> {
  const until = async (server: (use: (url: string) => Promise<void>) => Promise<void>, selector: string) => {
    const opened = await browser.newPage();
    const started = performance.now();
    let ms = 0;
    await server(async (url) => {
      await opened.goto(url);
      await opened.locator(selector).first().waitFor();
      ms = performance.now() - started;
    });
    await opened.close();
    return ms;
  };
  const times = await medians(5, {
    usable: () => until((use) => withServer(['02-shards'], env, use), 'button.main:enabled'),
    bare: () => until((use) => withUrlOf(['--eval', bareServer], env, use), 'button'),
  });
  return {
    ...line('from `lesson open` to a cell that can be run, the cluster up', times.usable, '≤ 1,000 ms'),
    baseline: `Node with a page of one button ${times.bare.toFixed(0)} ms`,
  };
}

const bareServer = `
const server = require('node:http').createServer((_, answer) => answer.end('<!doctype html><button>Run</button>'));
process.once('SIGINT', () => process.exit());
server.listen(0, '127.0.0.1', () => console.log('http://127.0.0.1:' + server.address().port));`;

async function working(browser: Browser, url: string): Promise<readonly Line[]> {
  const opened = await browser.newPage({ viewport: { width: 1_440, height: 900 } });
  await opened.goto(url);
  const run = async (id: string) => {
    const cell = opened.locator(`[data-block="${id}"]`);
    await cell.getByRole('button', { name: 'Run', exact: true }).click();
    await cell.and(opened.locator('.passed')).waitFor();
  };
  await opened.locator('article h1').waitFor();
  await run('cells/2');
  const shown = await medians(9, {
    shown: async () => {
      await watchOutput(opened);
      await run('cells/2');
      return opened.evaluate(() => (globalThis as unknown as Watch).shown);
    },
  });
  await run('cells/1');
  const frame = await opened.evaluate(scroll);
  const key = await keystroke(opened);
  await opened.close();
  return [
    line('from what a command prints to its pixels', shown.shown, '≤ 100 ms'),
    line(`a frame while ${cells} cells and 10,000 rows scroll, median`, frame, '≤ 17 ms'),
    line(`a key in a cell of ${lines} lines, median`, key, '≤ 16 ms'),
  ];
}

interface Watch {
  readonly shown: Promise<number>;
}

/** The command prints the time at which it does, in milliseconds. */
const watchOutput = (opened: Page) =>
  opened.evaluate(() => {
    const began = Date.now();
    const shown = new Promise<number>((resolve) => {
      const look = () => {
        const text = document.querySelector('[data-block="cells/2"] pre.text')?.textContent ?? '';
        if (Number(text) >= began) resolve(Date.now() - Number(text));
        else requestAnimationFrame(look);
      };
      look();
    });
    Object.assign(globalThis, { shown });
  });

/** Of the lesson and of the result in it, each for a second and a half. */
async function scroll(): Promise<number> {
  const frames: number[] = [];
  for (const selector of ['.rows.long', '.lesson']) {
    const box = document.querySelector(selector)!;
    box.scrollTo(0, 0);
    await new Promise<void>((resolve) => {
      let last = performance.now();
      const end = last + 1_500;
      const next = () => {
        const now = performance.now();
        frames.push(now - last);
        last = now;
        box.scrollBy(0, 60);
        if (now < end) requestAnimationFrame(next);
        else resolve();
      };
      requestAnimationFrame(next);
    });
  }
  return frames.sort((a, b) => a - b)[Math.floor(frames.length / 2)]!;
}

/** From the key to the end of all that it makes the page do. */
async function keystroke(opened: Page): Promise<number> {
  const cell = opened.locator('[data-block="cells/3"]');
  await cell.scrollIntoViewIfNeeded();
  await cell.getByRole('textbox').focus();
  await opened.keyboard.press('Control+A');
  await opened.keyboard.insertText(Array.from({ length: lines }, (_, n) => `SELECT ${n};`).join('\n'));
  await opened.evaluate(() => {
    const times: number[] = [];
    let started = 0;
    addEventListener('keydown', () => (started = performance.now()), { capture: true });
    addEventListener('input', () => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => times.push(performance.now() - started);
      port2.postMessage(undefined);
    });
    Object.assign(globalThis, { times });
  });
  await opened.keyboard.type('-- forty characters of a comment, so far', { delay: 30 });
  return opened.evaluate(() => {
    const { times } = globalThis as unknown as { readonly times: number[] };
    return times.sort((a, b) => a - b)[Math.floor(times.length / 2)]!;
  });
}

/** The cells of a lesson that are no exercises, run one after the other by whoever asks the server. */
async function attached(browser: Browser, url: string): Promise<readonly Line[]> {
  const { origin, hash } = new URL(url);
  const ask = (what: string, body: unknown, cookie = '') =>
    fetch(`${origin}${what}`, {
      method: 'POST',
      headers: { origin, cookie, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const entered = await ask('/api/enter', { token: hash.slice(1) });
  const cookie = entered.headers.get('set-cookie')!.split(';')[0]!;
  const opened = await (await ask('/api/lessons/03-distribution/open', {}, cookie)).json();
  const ids: string[] = opened.steps
    .flatMap(({ parts }: { parts: { kind: string; hints?: number; id: string }[] }) => parts)
    .filter((part: { kind: string; hints?: number }) => part.kind !== 'prose' && part.hints === undefined)
    .map(({ id }: { id: string }) => id)
    .filter((id: string) => opened.skips[id] === undefined);
  const run = async () => {
    await ask('/api/restore', { block: ids[0] }, cookie);
    const started = performance.now();
    for (const block of ids) await ask('/api/run', { block }, cookie);
    return performance.now() - started;
  };
  await run();
  const times = await medians(5, {
    alone: run,
    told: async () => {
      const leaving = new AbortController();
      const { body } = await fetch(`${origin}/api/events`, { headers: { cookie }, signal: leaving.signal });
      const told = body!.pipeTo(new WritableStream()).catch(() => {}); // which ends with it
      const ms = await run();
      leaving.abort();
      await told;
      return ms;
    },
    watched: async () => {
      const watching = await browser.newPage();
      await watching.goto(url);
      await watching.locator('.tile').first().waitFor();
      const ms = await run();
      await watching.close();
      return ms;
    },
  });
  const against = (what: string, ms: number): Line => ({
    what,
    measured: `${ms.toFixed(0)} ms`,
    baseline: `nobody ${times.alone.toFixed(0)} ms`,
    ratio: ms / times.alone,
    target: '≤ 1.15',
  });
  return [
    against('the cells of 03-distribution, told to somebody who draws nothing', times.told),
    against('the same with a page attached, its browser on the same cores', times.watched),
  ];
}

async function withServer<T>(
  args: readonly string[],
  env: Environment,
  use: (url: string) => Promise<T>,
): Promise<T> {
  return withUrlOf([bin, 'open', '--trust', ...args, '--no-browser'], env, use);
}

/** @param args Of Node: a program that prints a URL first, and runs until it is interrupted. */
async function withUrlOf<T>(
  args: readonly string[],
  env: Environment,
  use: (url: string) => Promise<T>,
): Promise<T> {
  const child = spawn(process.execPath, args, { env: { ...env }, stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    const [url] = await once(child.stdout.setEncoding('utf8'), 'data');
    return await use(String(url).trim());
  } finally {
    child.kill('SIGINT');
    await once(child, 'close');
  }
}

async function writeCourse(dir: string): Promise<string> {
  const lessons = path.join(dir, 'page');
  await mkdir(lessons, { recursive: true });
  const sql = (text: string) => `\`\`\`sql\n${text}\n\`\`\`\n`;
  const text = [
    '---\ninit: false\n---\n# Lesson\n\n## Cells\n',
    sql("SELECT n, 'row ' || n AS text FROM generate_series(1, 10000) AS n;"),
    '```bash\ndate +%s%3N\n```\n',
    ...Array.from({ length: cells - 2 }, (_, n) => sql(`SELECT ${n};`)),
  ].join('\n');
  await writeFile(path.join(lessons, '01-lesson.md'), text);
  return lessons;
}
