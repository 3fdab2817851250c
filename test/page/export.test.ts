// An exported run in a browser without a network, from its file.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { htmlOf } from '../../runner/export/html.ts';
import { seriousFindings } from '../support/axe.ts';
import { hasChromium, launchChromium } from '../support/chromium.ts';
import { recorded } from '../unit/export/recorded.ts';

describe.skipIf(!hasChromium)('an exported run', () => {
  let dir: string;
  let browser: Browser;
  let page: Page;
  const complaints: string[] = [];
  const asked: string[] = [];

  beforeAll(async () => {
    dir = await mkdtemp(path.join(tmpdir(), 'lesson-export-'));
    const file = path.join(dir, 'run.html');
    await writeFile(file, htmlOf(recorded, '2026-01-02'));
    browser = await launchChromium();
    const context = await browser.newContext({ offline: true, viewport: { width: 1_000, height: 400 } });
    page = await context.newPage();
    page.on('console', (message) => complaints.push(message.text()));
    page.on('request', (request) => asked.push(request.url()));
    await page.goto(pathToFileURL(file).href);
  });
  afterAll(async () => {
    await browser.close();
    await rm(dir, { recursive: true });
  });

  const figures = () => page.locator('figure:visible figcaption').allInnerTexts();

  test('shows one map at a time, which the slider and the reading choose', async () => {
    expect(await figures()).toEqual(['At the start']);
    await page.getByRole('slider', { name: 'After which step' }).focus();
    await page.keyboard.press('ArrowRight');
    expect(await figures()).toEqual(['After “One”']);
    await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
    await page.getByText('After “Two”').waitFor();
  });

  test('on paper shows all maps', async () => {
    await page.emulateMedia({ media: 'print' });
    expect(await figures()).toEqual(['At the start', 'After “One”', 'After “Two”']);
    await page.emulateMedia({ media: 'screen' });
  });

  test('asks nobody for anything, and axe finds nothing serious', async () => {
    expect(asked).toHaveLength(1);
    expect(complaints).toEqual([]);
    expect(await seriousFindings(page)).toEqual([]);
  });
});
