// `lesson open` is stopped and started again while a tab stays open.
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Running } from '../support/binary.ts';
import { hasChromium } from '../support/chromium.ts';
import { learnerLesson, rightAnswer, wrongAnswer } from '../support/learner-lesson.ts';
import { openTestPage, type TestPage } from '../support/page.ts';

describe.skipIf(!hasChromium)('a tab that outlives its program', () => {
  let opened: TestPage;
  let page: Page;
  let next: Running;

  beforeAll(async () => {
    opened = await openTestPage({ '01-learn': learnerLesson }, '01-learn');
    ({ page } = opened);
  });
  afterAll(async () => {
    next?.child.kill('SIGINT');
    await next?.ended;
    await opened.close();
  });

  test('says that nobody answers, and keeps what is typed meanwhile', async () => {
    await opened.cell('make-a-table/1').getByRole('button', { name: 'Run', exact: true }).click();
    await opened.standing('make-a-table/1', 'passed').waitFor();
    await opened.write('your-turn/1', wrongAnswer);
    await page.keyboard.press('Control+Enter');
    await opened.cell('your-turn/1').getByText('Rows are found by a').waitFor(); // all of it is noted
    opened.server.child.kill('SIGKILL');
    await opened.server.ended;
    await page.getByText('“lesson open” does not answer.').waitFor();
    await opened.write('your-turn/1', `${rightAnswer} -- typed meanwhile`);
  });

  test('says what to do when the program is there again with another token', async () => {
    const { port } = new URL(opened.url);
    const args = ['01-learn', '--port', port, '--no-browser', '--trust', '--lessons', 'lessons'];
    next = opened.sandbox.start('open', ...args);
    await next.printed('\n');
    await page.getByText('The program that serves this page was restarted.').waitFor();
  });

  test('goes on by itself once the browser has the new token, with all that the learner had', async () => {
    const other = await page.context().newPage();
    await other.goto((await next.printed('\n')).trim());
    await page.getByText('was restarted').waitFor({ state: 'detached' });
    await opened.standing('your-turn/1', 'reached').waitFor();
    await opened.standing('your-turn/1', 'reached', other).waitFor();
    await page.locator('[data-block="your-turn/1"] button.main:enabled').waitFor();
    await opened.cell('your-turn/1', other).getByText('You were here').waitFor();
    const kept = () => opened.cell('your-turn/1', other).getByRole('textbox').innerText();
    await expect
      .poll(async () => {
        await other.reload();
        return kept();
      })
      .toBe(`${rightAnswer} -- typed meanwhile`);
    const { stdout } = await opened.sandbox.run('psql', '--', '-Atc', 'SELECT count(*) FROM t');
    expect(stdout).toBe('0\n'); // the table of the cell before
    await opened.cell('your-turn/1').getByRole('button', { name: 'Try it' }).click();
    await opened.standing('your-turn/1', 'passed', other).waitFor();
    await opened.standing('your-turn/1', 'passed').waitFor();
  });
});
