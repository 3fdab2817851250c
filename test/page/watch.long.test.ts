// `lesson run --page`: a browser watches what somebody does at a terminal.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seriousFindings } from '../support/axe.ts';
import { openSandbox, type Sandbox } from '../support/binary.ts';
import { hasChromium, launchChromium } from '../support/chromium.ts';
import { learnerLesson, rightAnswer } from '../support/learner-lesson.ts';
import { openTestTerminal, type TestTerminal, tmuxVersion } from '../support/terminal.ts';

describe.skipIf(!hasChromium || tmuxVersion === undefined)('a run that is watched', () => {
  let sandbox: Sandbox;
  let terminal: TestTerminal;
  let browser: Browser;
  let page: Page;
  let url: string;
  const standing = (id: string, status: string, on = page) => on.locator(`[data-block="${id}"].${status}`);

  beforeAll(async () => {
    sandbox = await openSandbox();
    await sandbox.writeLessons({ '01-learn': learnerLesson });
    const args = ['run', '01-learn', '--page', '--trust', '--lessons', 'lessons'];
    terminal = await openTestTerminal(sandbox, args, { columns: 120 });
    await terminal.shows(/Enter run/);
    url = /http:\S+/.exec(await terminal.all())![0];
    browser = await launchChromium();
    page = await openPage();
  });
  afterAll(async () => {
    await browser?.close();
    await terminal?.close();
    await sandbox?.remove();
  });

  async function openPage(): Promise<Page> {
    const opened = await (await browser.newContext()).newPage();
    opened.setDefaultTimeout(60_000);
    await opened.goto(url);
    await opened.locator('article h1').waitFor();
    return opened;
  }

  const inSight = (id: string) =>
    page.waitForFunction((block) => {
      const { top, bottom } = document.querySelector(`[data-block="${block}"]`)!.getBoundingClientRect();
      return top < innerHeight && bottom > 0;
    }, id);

  test('shows where it is, and nothing to do it with', async () => {
    await page.getByText('You are watching lesson run 01-learn').waitFor();
    await standing('make-a-table/1', 'reached').waitFor();
    expect(await page.getByRole('button', { name: 'Run' }).count()).toBe(0);
    await page.locator('[data-block="make-a-table/1"]').getByRole('textbox').focus();
    await page.keyboard.type('SELECT 1;');
    await page.keyboard.press('Control+Enter');
    expect(await page.locator('[data-block="make-a-table/1"]').getByRole('textbox').innerText()).toBe(
      'CREATE TABLE t (a int, b int);',
    );
    expect(await seriousFindings(page)).toEqual([]);
  });

  test('moves on as the learner does, and a tab that comes late shows the same', async () => {
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Present' }).click();
    await page.getByText('0 of 3').waitFor();
    await page.keyboard.press('ArrowRight');
    await page.getByText('1 of 3').waitFor();
    await terminal.press('Enter');
    await terminal.shows(/exercise=>$/);
    await inSight('your-turn/1'); // nobody pressed a key on the page
    await terminal.type(rightAnswer);
    await terminal.press('Enter');
    await standing('your-turn/1', 'passed').waitFor();
    await inSight('look/1');
    await page.locator('[data-block="your-turn/1"]').getByText(rightAnswer).waitFor();
    const late = await openPage();
    await standing('make-a-table/1', 'passed', late).waitFor();
    await late.getByText('t is distributed by a').waitFor();
    await late.context().close();
  });

  test('ends with its run, and what was there stays', async () => {
    await terminal.shows(/By which column/);
    await terminal.press('q');
    await terminal.shows('[exit 0]');
    await page.getByText('The run has ended').waitFor();
    await page.getByText('t is distributed by a').waitFor({ state: 'attached' });
    expect(await page.locator('.tile').count()).toBeGreaterThan(0);
  });
});
