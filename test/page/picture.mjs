// Makes docs/page.png from a real run: node test/page/picture.mjs, after `npm run build`.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';

// A copy of the course, in which nobody has done anything.
const dir = await mkdtemp(path.join(tmpdir(), 'picture-'));
await cp('lessons', path.join(dir, 'lessons'), { recursive: true });
const bin = path.resolve('dist/bin.js');
const server = spawn(process.execPath, [bin, 'open', '02-shards', '--no-browser', '--trust'], {
  cwd: dir,
  stdio: ['ignore', 'pipe', 'inherit'],
});
const [line] = await once(server.stdout.setEncoding('utf8'), 'data');
const browser = await chromium.launch({
  executablePath: process.env.LESSON_CHROMIUM ?? '/usr/bin/chromium',
  args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
});
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 760 } });
  page.setDefaultTimeout(90_000);
  await page.goto(line.trim());
  await page.getByRole('button', { name: 'Run all' }).click();
  const cell = page.locator('[data-block="it-is-still-one-table/1"]');
  await cell.and(page.locator('.passed')).waitFor();
  await page.locator('.tile.lit').first().waitFor();
  await page.evaluate(() => document.activeElement.blur());
  await cell.evaluate((element) => element.scrollIntoView({ block: 'center' }));
  await page.screenshot({ path: 'docs/page.png', animations: 'disabled' });
} finally {
  await browser.close();
  server.kill('SIGINT');
  await once(server, 'close');
  await rm(dir, { recursive: true });
}
