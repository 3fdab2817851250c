// Makes docs/page.png from a real run: node test/page/picture.mjs, after `npm run build`.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chromium } from 'playwright-core';

const server = spawn(process.execPath, ['dist/bin.js', 'open', '02-shards', '--no-browser'], {
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
}
